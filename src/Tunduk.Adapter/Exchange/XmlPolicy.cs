using System.Buffers;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.Xml;

namespace Tunduk.Adapter.Exchange;

/// <summary>The Filter stage of SOAP messages that pass through as XML: what is listed leaves byte for byte as it came, but for prefixes (<see cref="XmlNeutral"/>).</summary>
internal static class XmlPolicy
{
    private static readonly XmlNamespaceRule Unqualified = new([]);

    /// <summary>The operation's element of a request.</summary>
    public static Outcome<FilteredXml> Request(ExchangeRun run, XmlElement operation) =>
        Apply(run, FieldList.Request, run.Terms!.RequestFields, AgreementLimits.Lower(run.Agreement!.Limits.RequestBytes, run.Terms.Limits.RequestBytes), operation);

    /// <summary>The operation's element of a response, the echoed request in it included.</summary>
    public static Outcome<FilteredXml> Response(ExchangeRun run, XmlElement operation) =>
        Apply(run, FieldList.Response, run.Terms!.ResponseFields, AgreementLimits.Lower(run.Agreement!.Limits.ResponseBytes, run.Terms.Limits.ResponseBytes), operation);

    private static Outcome<FilteredXml> Apply(ExchangeRun run, string side, FieldList list, int? most, XmlElement operation)
    {
        var range = operation.OuterRange;
        if (FieldPolicy.TooLarge(side, range.End - range.Start, most) is { } tooLarge)
        {
            return tooLarge;
        }

        // The namespace of the element is the sender's text like a field's.
        if (run.Terms!.Xml.Namespaces.Count > 0 && !run.Terms.Namespaces!.Counts(operation.NamespaceUriUtf8))
        {
            return FieldPolicy.ToError(new PolicyRefusal("field_not_listed", "Body", RefusalPhrases.Of("element_in_namespace_that_agreement"), RefusalPhrases.Of("another_namespace"), RefusalPhrases.Of("send_it_in_service_own_namespace_or_have")));
        }

        // Without a contract names count in the operation's own namespace and in none, unless the agreement names others.
        var namespaces = run.Terms!.Namespaces ?? (operation.NamespaceUri.Length == 0 ? Unqualified : new XmlNamespaceRule([operation.NamespaceUri]));
        var output = new ArrayBufferWriter<byte>(range.End - range.Start);
        var result = XmlFieldFilter.ApplyToElement(list, operation, namespaces, output);
        if (result.Fields.Refusal is { } refusal)
        {
            return FieldPolicy.ToError(refusal);
        }

        run.Account?.Filtered(run, side, output.WrittenCount, result.Fields.Removed);
        return new FilteredXml(XmlNeutral.Apply(output.WrittenMemory, out var renamed), result.Fields.Removed, result.KeptIncludes, result.RemovedIncludes) { Renamed = renamed };
    }
}
