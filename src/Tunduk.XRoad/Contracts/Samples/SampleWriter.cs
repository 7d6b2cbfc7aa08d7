using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Mapping;

namespace Tunduk.XRoad.Contracts.Samples;

/// <summary>Writes invented messages that are valid by their contract; the same seed gives the same bytes.</summary>
public static class SampleWriter
{
    private const int Tries = 40;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes one message as JSON; false when the contract has no finite or no inventable message (a type that must contain itself, a pattern that no try met).</summary>
    public static bool Write(MessageShape shape, ulong seed, IBufferWriter<byte> json, SampleOptions? options = null, bool indented = false) =>
        Write(shape, seed, json, out _, options, indented);

    /// <summary>The same.</summary>
    /// <param name="shape">The message.</param>
    /// <param name="seed">Where values come from.</param>
    /// <param name="json">Gets the message.</param>
    /// <param name="leftOut">Optional elements that were left out because nothing that meets their patterns was found.</param>
    /// <param name="options">How full it is.</param>
    /// <param name="indented">For people to read.</param>
    internal static bool Write(MessageShape shape, ulong seed, IBufferWriter<byte> json, out IReadOnlyCollection<ElementDeclaration> leftOut, SampleOptions? options = null, bool indented = false)
    {
        leftOut = [];
        if (shape.Element.Rule is not null)
        {
            return WriteByRule(shape.Element, seed, json, options ?? SampleOptions.Varied, indented);
        }

        // A run that found an optional element without a value says so, and the next one does without it.
        var without = new HashSet<ElementDeclaration>();
        for (var runs = 1; ; runs++)
        {
            var buffer = new ArrayBufferWriter<byte>();
            using var writer = new Utf8JsonWriter(buffer, Options with { Indented = indented });
            var before = without.Count;
            var ok = new SampleRun(writer, new SeededValues(seed), options ?? SampleOptions.Varied, without).Root(shape.Element);
            if (!ok && without.Count > before && runs < Tries)
            {
                continue;
            }

            writer.Flush();
            json.Write(buffer.WrittenSpan);
            leftOut = without;
            return ok;
        }
    }

    // Rules may contradict what was taken of each other: the try that meets all of them is it.
    private static bool WriteByRule(ElementDeclaration element, ulong seed, IBufferWriter<byte> json, SampleOptions options, bool indented)
    {
        for (var i = 0; i < Tries; i++)
        {
            var full = options with { MaxDepth = i < Tries / 2 ? options.MaxDepth : 2, OptionalPercent = i < Tries * 3 / 4 ? options.OptionalPercent : i % 2 * 30 };
            var buffer = new ArrayBufferWriter<byte>();
            using var writer = new Utf8JsonWriter(buffer, Options with { Indented = indented });
            var sampler = new JsonRuleSampler(writer, new SeededValues(seed + ((ulong)i << 32)), full, options.FirstChoice && i < Tries / 4);
            sampler.Value(element.Rule!, element.Name.Local);
            writer.Flush();
            if (!sampler.Failed && JsonCheck.Check(element, buffer.WrittenSpan).IsOk)
            {
                json.Write(buffer.WrittenSpan);
                return true;
            }
        }

        json.Write("null"u8);
        return false;
    }
}
