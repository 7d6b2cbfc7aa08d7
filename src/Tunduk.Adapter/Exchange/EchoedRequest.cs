using System.Buffers;
using Tunduk.Adapter.Exchange.Forms;
using Tunduk.Xml;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Puts the element <c>request</c> into an answer's XML that lacks it, as <see cref="BodyMapping.CompleteAnswer"/> puts the member into
/// JSON: what is echoed is what was asked, after filtering.
/// </summary>
internal static class EchoedRequest
{
    private const string Name = "request";

    /// <summary>The answers it can be, one for each place where contracts have the echo; none where the answer has it, or cannot take it.</summary>
    /// <param name="answer">The answer's element.</param>
    /// <param name="asked">The request's element, as it was asked.</param>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Into(ReadOnlyMemory<byte> answer, ReadOnlyMemory<byte> asked)
    {
        if (!XmlTape.TryParse(asked, out var question, out _))
        {
            return [];
        }

        using (question)
        {
            if (!XmlTape.TryParse(answer, out var tape, out _))
            {
                return [];
            }

            using (tape)
            {
                var block = Find(question.Root);
                return !block.Exists || Find(tape.Root).Exists || tape.Root.IsEmptyTag || !XmlBody.Of(block).TryGet(out var copy, out _)
                    ? []
                    : [With(answer, tape.Root.InnerRange.Start, copy, block), With(answer, tape.Root.InnerRange.End, copy, block)];
            }
        }
    }

    private static XmlElement Find(XmlElement root)
    {
        foreach (var child in root.Children)
        {
            if (child.LocalName == Name)
            {
                return child;
            }
        }

        return default;
    }

    private static ReadOnlyMemory<byte> With(ReadOnlyMemory<byte> answer, int at, ReadOnlyMemory<byte> copy, XmlElement block)
    {
        var output = new ArrayBufferWriter<byte>(answer.Length + copy.Length + 16);
        output.Write(answer.Span[..at]);
        if (block.NamespaceUri.Length == 0)
        {
            // The answer may have a default namespace, which this element must not come into.
            var name = 1 + Name.Length;
            output.Write(copy.Span[..name]);
            output.Write(copy.Span[name..].StartsWith(" xmlns=\""u8) ? default : " xmlns=\"\""u8);
            output.Write(copy.Span[name..]);
        }
        else
        {
            output.Write(copy.Span);
        }

        output.Write(answer.Span[at..]);
        return output.WrittenMemory;
    }
}
