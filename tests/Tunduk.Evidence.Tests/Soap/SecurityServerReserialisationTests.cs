using System.Text;
using System.Xml;
using Tunduk.Evidence.Soap;
using static Tunduk.Evidence.Tests.Soap.SoapMessages;

namespace Tunduk.Evidence.Tests.Soap;

/// <summary>
/// What the provider's security server does to a response: it writes the document anew from its parse events, drops processing
/// instructions, declares UTF-8 and puts requestHash behind id, with a copy of all of id's attributes.
/// </summary>
public sealed class SecurityServerReserialisationTests
{
    private const string XRoad = "http://x-road.eu/xsd/xroad.xsd";

    private readonly SoapRequestBinding binding = Binding(Sign(Envelope(Person), Consumer));

    [Theory]
    [InlineData("<r/>")]
    [InlineData("<r a='x&quot;y'  b=\"&lt;'&gt;\"><![CDATA[<&>]]>&#x1F600;\n\t </r>")]
    [InlineData("<r xsi:type='xsd:string' xmlns='urn:d'><n xmlns=''>Айнура</n></r>")]
    public void Verify_SignedResponseReserialised_StillValid(string body)
    {
        SignedSoapMessage response = Sign(Envelope(body), Provider, Input(Provider, binding));
        byte[] passed = Reserialise(response.Envelope);
        string text = Encoding.UTF8.GetString(passed);
        text.ShouldContain("requestHash");
        passed.ShouldNotBe(response.Envelope);
        SoapVerification result = Verify(passed, Check(Provider, binding));
        result.Status.ShouldBe(SoapVerificationStatus.Valid, result.CodeName + text);
        result.Body.ToArray().ShouldBe(Verify(response.Envelope, Check(Provider, binding)).Body.ToArray());
    }

    [Fact]
    public void TryPrepare_ResponseWithProcessingInstruction_Refused()
    {
        Refuse(Envelope("<r><?x y?></r>")).ShouldBe(SoapSignatureFault.ProcessingInstruction);
        Refuse(Envelope("<r><!-- c --></r>")).ShouldBe(SoapSignatureFault.Comment);
        Sign(Envelope("<r><?x y?></r>"), Consumer);
    }

    [Theory]
    [InlineData("<r a='&#9;'/>")]
    [InlineData("<r a='&#10;'/>")]
    [InlineData("<r a='x\ny'/>")]
    [InlineData("<r a='&#xD;'/>")]
    public void TryPrepare_ResponseWithLineBreakInAttribute_Refused(string body) =>
        Refuse(Envelope(body)).ShouldBe(SoapSignatureFault.AttributeWhiteSpace);

    [Theory]
    [InlineData("<a/>")]
    [InlineData("<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'/>")]
    [InlineData("<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Body/></e:Envelope>")]
    [InlineData("<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body/><e:Body/></e:Envelope>")]
    public void TryPrepare_NoSoapEnvelope_Refused(string envelope) => Refuse(envelope).ShouldBe(SoapSignatureFault.EnvelopeShape);

    [Fact]
    public void TryPrepare_BodyIdUsedTwice_Refused()
    {
        const string Wsu = " xmlns:wsu='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'";
        Refuse(Envelope("<r id='b'/>", null, Wsu + " wsu:Id='b'")).ShouldBe(SoapSignatureFault.BodyId);
        Refuse(Envelope("<r/>", null, Wsu + " wsu:Id=''")).ShouldBe(SoapSignatureFault.BodyId);
    }

    [Fact]
    public void TryPrepare_UnsoundValues_Refused()
    {
        SoapSignatureInput input = Input(Provider, binding);
        RefuseInput(input with { Headers = [new("id", "1"), new("id", "1")] }).ShouldBe(SoapSignatureFault.ExchangeValues);
        RefuseInput(input with { Headers = [new("id", "\u0001")] }).ShouldBe(SoapSignatureFault.ExchangeValues);
        RefuseInput(input with { Headers = [new("id", "\uD800")] }).ShouldBe(SoapSignatureFault.ExchangeValues);
        foreach (SoapAttachmentDigest attachment in (SoapAttachmentDigest[])[new("a", new byte[31]), new("a\tb", new byte[32]), new("a", new byte[32], ""), new("a", new byte[32], null, "a.pdf"), new("a", new byte[32], "text/plain", "a\nb"), new("a", new byte[32], "text/plain; a=\"\t\"")])
        {
            RefuseInput(input with { Attachments = [attachment] }).ShouldBe(SoapSignatureFault.ExchangeValues);
        }

        RefuseInput(input with { Checkpoint = new byte[31] }).ShouldBe(SoapSignatureFault.ExchangeValues);
        RefuseInput(input with { Request = new SoapRequestBinding(new byte[32], default) }).ShouldBe(SoapSignatureFault.ExchangeValues);
    }

    private SoapSignatureFault Refuse(string envelope)
    {
        using Tunduk.Xml.XmlTape tape = Parse(envelope);
        SoapSignature.TryPrepare(tape, Input(Provider, binding), out _, out SoapSignatureFault fault).ShouldBeFalse();
        return fault;
    }

    private static SoapSignatureFault RefuseInput(SoapSignatureInput input)
    {
        using Tunduk.Xml.XmlTape tape = Parse(Envelope("<r/>"));
        SoapSignature.TryPrepare(tape, input, out _, out SoapSignatureFault fault).ShouldBeFalse();
        return fault;
    }

    private static byte[] Reserialise(byte[] response)
    {
        using var output = new MemoryStream();
        using (var reader = XmlReader.Create(new MemoryStream(response), new XmlReaderSettings { IgnoreProcessingInstructions = true }))
        using (var writer = XmlWriter.Create(output, new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(false),
            NewLineHandling = NewLineHandling.None,
            OmitXmlDeclaration = false,
        }))
        {
            string[]? idAttributes = null;
            int idDepth = -1;
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element:
                        bool isEmpty = reader.IsEmptyElement;
                        writer.WriteStartElement(reader.Prefix, reader.LocalName, reader.NamespaceURI);
                        if (reader is { LocalName: "id", NamespaceURI: XRoad })
                        {
                            idDepth = reader.Depth;
                            idAttributes = Attributes(reader);
                        }

                        writer.WriteAttributes(reader, defattr: false);
                        if (isEmpty)
                        {
                            writer.WriteEndElement();
                        }

                        break;
                    case XmlNodeType.EndElement:
                        writer.WriteFullEndElement();
                        if (reader.Depth == idDepth && idAttributes is not null)
                        {
                            writer.WriteStartElement("xrd", "requestHash", XRoad);
                            writer.WriteAttributeString("algorithmId", "http://www.w3.org/2001/04/xmlenc#sha512");
                            for (int i = 0; i < idAttributes.Length; i += 3)
                            {
                                writer.WriteAttributeString(idAttributes[i], idAttributes[i + 1], idAttributes[i + 2]);
                            }

                            writer.WriteString("AAAA");
                            writer.WriteEndElement();
                            idAttributes = null;
                        }

                        break;
                    case XmlNodeType.CDATA:
                        writer.WriteCData(reader.Value);
                        break;
                    case XmlNodeType.Comment:
                        writer.WriteComment(reader.Value);
                        break;
                    case XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace when reader.Depth > 0:
                        writer.WriteString(reader.Value);
                        break;
                }
            }
        }

        return output.ToArray();
    }

    private static string[] Attributes(XmlReader reader)
    {
        var attributes = new List<string>();
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns")
            {
                attributes.AddRange([reader.LocalName, reader.NamespaceURI, reader.Value]);
            }
        }

        reader.MoveToElement();
        return [.. attributes];
    }
}
