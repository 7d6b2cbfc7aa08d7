using System.Buffers;
using System.Text;
using Tunduk.Xml;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Tests.Soap;

/// <summary>A good envelope damaged in every place: each result is a value or a named fault, and what is accepted can be written and read again.</summary>
public sealed class SoapHostileTests
{
    private static readonly byte[] s_good = SoapSample.Bytes(SoapSample.Request(
        "<sec:securityToken tokenType=\"urn:t\">a.b</sec:securityToken><repr:representedParty><repr:partyCode>60009077</repr:partyCode></repr:representedParty>"));

    [Fact]
    public void TryRead_CutAtEveryByte_IsRefused()
    {
        for (int length = 0; length < s_good.Length; length++)
        {
            SoapMessage.TryRead(s_good.AsMemory(0, length), SoapReaderOptions.Default, out SoapMessage? message, out ProtocolFault fault).ShouldBeFalse();
            message.ShouldBeNull();
            fault.IsNone.ShouldBeFalse();
        }
    }

    [Fact]
    public void TryRead_EveryByteReplaced_IsRefusedOrReadsBackTheSame()
    {
        byte[] damage = "<>&\"/:= x\0\t\r%;"u8.ToArray();
        ArrayBufferWriter<byte> output = new();
        for (int i = 0; i < s_good.Length; i++)
        {
            foreach (byte b in (byte[])[.. damage, 0x80, 0xC0, 0xEF, 0xFF])
            {
                byte[] bytes = [.. s_good];
                bytes[i] = b;
                Exercise(bytes, output);
            }
        }
    }

    [Fact]
    public void TryRead_EveryByteRemovedOrDoubled_IsRefusedOrReadsBackTheSame()
    {
        ArrayBufferWriter<byte> output = new();
        for (int i = 0; i < s_good.Length; i++)
        {
            Exercise([.. s_good.AsSpan(0, i), .. s_good.AsSpan(i + 1)], output);
            Exercise([.. s_good.AsSpan(0, i), s_good[i], .. s_good.AsSpan(i)], output);
        }
    }

    [Fact]
    public void ElementCopy_BodiesOfAnyShape_KeepTheirMeaning()
    {
        string[] bodies =
        [
            "<a/>", "<a />", "<a\n\tb = '1'\r\n c\n=\n\"2\"\n/>", "<p:a xmlns:p='urn:1' p:b='>'><p:c xmlns:p='urn:2' d='/>'/></p:a>",
            "<a b='&lt;&quot;&apos;&amp;'>]]<![CDATA[<b>&]]>&#xD;</a>", "<xrd:a id:b='1'><soapenv:c/></xrd:a>", "<a xmlns=''><b xmlns='urn:b'/></a>",
        ];
        foreach (string body in bodies)
        {
            using SoapMessage message = SoapSample.Read(SoapSample.Envelope(SoapSample.Client + SoapSample.Service + SoapSample.Rest, body));
            ArrayBufferWriter<byte> output = new();
            ElementCopy.TryWrite(output, message.BodyChild, out _).ShouldBeTrue();
            XmlTape.TryParse(output.WrittenMemory, out XmlTape? copy, out XmlFault fault).ShouldBeTrue($"{fault}: {Encoding.UTF8.GetString(output.WrittenSpan)}");
            Describe(copy.Root).ShouldBe(Describe(message.BodyChild));
            copy.Dispose();
        }
    }

    private static void Exercise(byte[] bytes, ArrayBufferWriter<byte> output)
    {
        if (!SoapMessage.TryRead(bytes, SoapReaderOptions.Default, out SoapMessage? message, out ProtocolFault fault))
        {
            fault.Reason.ShouldNotBeNullOrEmpty();
            fault.Found.ShouldNotBeNullOrEmpty();
            return;
        }

        using (message)
        {
            SoapHeaders headers = message.Headers.ShouldNotBeNull();
            ClientId.TryParse(headers.Client.ToString(), out _).ShouldBeTrue();
            output.ResetWrittenCount();
            if (!headers.Validate().IsNone || !ElementCopy.TryWrite(output, message.BodyChild, out _))
            {
                return;
            }

            ArrayBufferWriter<byte> envelope = new();
            SoapWriter.Write(envelope, headers, default, output.WrittenSpan);
            SoapMessage.TryRead(envelope.WrittenMemory, SoapReaderOptions.Default, out SoapMessage? again, out fault).ShouldBeTrue(fault.ToString());
            using (again)
            {
                HeaderEcho.Compare(headers, again.Headers!).IsNone.ShouldBeTrue();
                HeaderEcho.SameOrder(headers, again.Headers!).ShouldBeTrue();
                again.Headers!.ToSignedValues().ShouldBe(headers.ToSignedValues());
                Describe(again.BodyChild).ShouldBe(Describe(message.BodyChild));
            }
        }
    }

    private static string Describe(XmlElement element)
    {
        StringBuilder text = new();
        Describe(element, text);
        return text.ToString();
    }

    private static void Describe(XmlElement element, StringBuilder text)
    {
        text.Append('{').Append(element.NamespaceUri).Append('}').Append(element.LocalName).Append('[');
        foreach (XmlAttribute attribute in element.Attributes)
        {
            text.Append('{').Append(attribute.NamespaceUri).Append('}').Append(attribute.LocalName).Append('=').Append(attribute.Value).Append('|');
        }

        text.Append(element.Text).Append('|');
        foreach (XmlElement child in element.Children)
        {
            Describe(child, text);
        }

        text.Append(']');
    }
}
