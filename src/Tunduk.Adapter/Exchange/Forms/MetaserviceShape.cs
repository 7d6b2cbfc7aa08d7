using System.Text;
using System.Xml;
using Tunduk.Adapter.Attachments;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Metaservices;
using Tunduk.XRoad.Rest;
using Tunduk.XRoad.Soap;
using XmlElement = Tunduk.Xml.XmlElement;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// The one form each metaservice has (PR-META, PR-MREST). It needs no agreement and no list looks into it, so that nothing
/// may stand in it but the names the protocol foresees: else it would carry any data to any member.
/// </summary>
internal static class MetaserviceShape
{
    /// <summary>True for what security servers answer themselves on SOAP without an agreement.</summary>
    public static bool IsSoap(ServiceId service) =>
        service.Version is null && service.Code is Metaservice.ListMethods or Metaservice.AllowedMethods or Metaservice.GetWsdl;

    /// <summary>The same on REST, by the service code.</summary>
    public static bool IsRest(ServiceId service) => service.Code is Metaservice.ListMethods or Metaservice.AllowedMethods or Metaservice.GetOpenApi;

    /// <summary>The body element of a SOAP metaservice, written anew from what it names.</summary>
    public static Outcome<ReadOnlyMemory<byte>> Soap(ServiceId service, XmlElement body, MultipartMessage? attachments)
    {
        if (!body.Is(SoapNamespaces.XRoad, service.Code) || body.Attributes.GetEnumerator().MoveNext())
        {
            return Invalid("Body", RefusalPhrases.Of("element_of_without_attributes", service.Code, SoapNamespaces.XRoad), RefusalPhrases.Of("another"));
        }

        if (attachments is { Parts.Count: > 0 })
        {
            return Invalid("attachments", RefusalPhrases.Of("none"), RefusalPhrases.Of("some"));
        }

        var names = new List<(string Name, string Value)>(2);
        foreach (var child in body.Children)
        {
            if (service.Code != Metaservice.GetWsdl || !IsName(child, names.Count == 0 ? "serviceCode" : "serviceVersion") || names.Count == 2)
            {
                return Invalid("Body/" + service.Code, service.Code == Metaservice.GetWsdl ? RefusalPhrases.Of("servicecode_and_serviceversion_where") : RefusalPhrases.Of("nothing_in_it"), RefusalPhrases.Of("something_else"));
            }

            names.Add((child.LocalName, child.Text.Trim()));
        }

        var isWhole = names.Count > 0 == (service.Code == Metaservice.GetWsdl);
        if (!isWhole || HasText(body) || names.Exists(name => !IdentifierRules.AsSecurityServer.Check(name.Value, name.Name, out _)))
        {
            return Invalid("Body/" + service.Code, service.Code == Metaservice.GetWsdl ? RefusalPhrases.Of("servicecode_and_serviceversion_where") : RefusalPhrases.Of("nothing_in_it"), RefusalPhrases.Of("something_else"));
        }

        using var output = new MemoryStream(256);
        using (var xml = XmlWriter.Create(output, new XmlWriterSettings { OmitXmlDeclaration = true, Encoding = new UTF8Encoding(false) }))
        {
            xml.WriteStartElement("xrd", service.Code, SoapNamespaces.XRoad);
            foreach (var (name, value) in names)
            {
                xml.WriteElementString("xrd", name, SoapNamespaces.XRoad, value);
            }

            xml.WriteEndElement();
        }

        return (ReadOnlyMemory<byte>)output.ToArray();
    }

    /// <summary>Why a REST metaservice, or a list of clients, may not be asked so; null: it may.</summary>
    /// <param name="target">The metaservice; null for <c>/listClients</c>.</param>
    /// <param name="request">The request.</param>
    public static ExchangeError? Rest(RestTarget? target, ReceivedRest request)
    {
        if (request.Method != "GET")
        {
            return new ExchangeError(ExchangeStage.Validate, ExchangeCodes.MethodUnsupported) { Path = "method", Expected = "GET", Found = RefusalPhrases.Of("another_method") };
        }

        if (target is { RawPath.Length: > 0 })
        {
            return Invalid("path", RefusalPhrases.Of("nothing_after_service_code"), RefusalPhrases.Of("more"));
        }

        var question = request.RawTarget.IndexOf('?', StringComparison.Ordinal);
        var query = target is { } where ? where.RawQuery ?? "" : question < 0 ? "" : request.RawTarget[(question + 1)..];
        var (name, isRequired) = target is null ? ("xRoadInstance", false) : target.Value.Service.Code == Metaservice.GetOpenApi ? ("serviceCode", true) : ("", false);
        var isOk = query.Length == 0
            ? !isRequired
            : name.Length > 0 && query.StartsWith(name + "=", StringComparison.Ordinal)
                && RestPath.TryDecode(query.AsSpan(name.Length + 1), out var value) && IdentifierRules.AsSecurityServer.Check(value, name, out _) && !query.Contains('&', StringComparison.Ordinal);
        return isOk ? null : Invalid("query", name.Length == 0 ? RefusalPhrases.Of("no_query") : $"{name}=… {(isRequired ? "" : Phrases.Of("Forms.Nothing"))}".TrimEnd(), RefusalPhrases.Of("something_else"));
    }

    private static bool IsName(XmlElement child, string name) =>
        child.Is(SoapNamespaces.XRoad, name) && child.HasOnlyText && !child.Attributes.GetEnumerator().MoveNext();

    private static bool HasText(XmlElement body)
    {
        var source = body.Tape.Source.Span;
        var at = body.InnerRange.Start;
        foreach (var child in body.Children)
        {
            if (!IsSpace(source[at..child.OuterRange.Start]))
            {
                return true;
            }

            at = child.OuterRange.End;
        }

        return !IsSpace(source[at..Math.Max(at, body.InnerRange.End)]);
    }

    private static bool IsSpace(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(" \t\r\n"u8) < 0;

    private static ExchangeError Invalid(string path, string expected, string found) =>
        new(ExchangeStage.Validate, ExchangeCodes.MetaserviceInvalid) { Path = path, Expected = expected, Found = found };
}
