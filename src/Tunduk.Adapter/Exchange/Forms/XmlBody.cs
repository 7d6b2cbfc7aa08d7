using System.Buffers;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Metaservices;
using Tunduk.XRoad.Soap;
using Tunduk.Xml;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// The one element of Body where nobody turns it into JSON: held against the contract where there is one, filtered by
/// cutting, and otherwise handed on byte for byte with its prefixes, CDATA and character references.
/// </summary>
internal static class XmlBody
{
    /// <summary>The element by itself, with the namespace declarations that were in scope around it.</summary>
    public static Outcome<ReadOnlyMemory<byte>> Of(XmlElement bodyChild)
    {
        var buffer = new ArrayBufferWriter<byte>(bodyChild.OuterRange.Length + 256);
        return ElementCopy.TryWrite(buffer, bodyChild, out var fault)
            ? buffer.WrittenMemory
            : new ExchangeError(ExchangeStage.Validate, ExchangeCodes.XmlForbidden) { Path = fault.Path, Expected = fault.Expected, Found = fault.Found };
    }

    /// <summary>Holds the element against the contract. A reference to a part stands for base64, where the contract has that, and for nothing else.</summary>
    /// <param name="xml">The element.</param>
    /// <param name="service">The service it is for.</param>
    /// <param name="operation">Its contract; without one only the element's name is checked, by <see cref="CheckName"/>.</param>
    /// <param name="side">Which of the two messages.</param>
    /// <param name="mapping">Holds it against the contract.</param>
    /// <param name="terms">The service's terms; null before they are known, where a name is not held against them yet.</param>
    public static ExchangeError? Validate(ReadOnlyMemory<byte> xml, ServiceId? service, Operation? operation, MessageSide side, BodyMapping mapping, AgreementService? terms) =>
        operation is null ? CheckName(xml, service, side, terms) : mapping.ElementToJson(operation, side, xml, agreement: null, out _).Error;

    /// <summary>
    /// The same for what a counterparty sent, in the form in which it is filtered: where its agreement tolerates the wrong
    /// namespaces and the contract leaves one reading, that reading.
    /// </summary>
    public static Outcome<ReadOnlyMemory<byte>> Normalize(ReadOnlyMemory<byte> xml, Operation? operation, MessageSide side, BodyMapping mapping, Agreement? agreement)
    {
        if (operation is null)
        {
            return xml;
        }

        if (!mapping.ElementToJson(operation, side, xml, agreement, out var isWrongForm).TryGet(out var json, out var error))
        {
            return error;
        }

        if (!isWrongForm || agreement is null)
        {
            return xml;
        }

        // LIMIT: a message in the wrong form with xop:Include is refused: what is written anew from values has no references.
        return !HasIncludes(xml)
            ? mapping.ToXml(operation, side, json)
            : new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ContractViolated) { Path = "Body", Expected = RefusalPhrases.Of("contract_namespaces_in_message_that"), Found = RefusalPhrases.Of("elements_in_other_namespaces") };
    }

    /// <summary>Applies one side's list and agreed size; a metaservice passes whole.</summary>
    public static Outcome<FilteredElement> Filter(ExchangeRun run, string side, ReadOnlyMemory<byte> xml, int maxDepth)
    {
        if (run.Terms is null)
        {
            return new FilteredElement(xml, new FilteredBody(default, []), [], []);
        }

        if (!XmlTape.TryParse(xml, out var tape, out _))
        {
            return new ExchangeError(ExchangeStage.Filter, ExchangeCodes.Internal);
        }

        using (tape)
        {
            var outcome = side == FieldList.Request ? XmlPolicy.Request(run, tape.Root) : XmlPolicy.Response(run, tape.Root);
            var whole = run.Shadow is null ? null : XmlAsJson.Write(tape.Root, maxDepth);
            if (!outcome.TryGet(out var filtered, out var error) || !Json(filtered.Xml, maxDepth).TryGet(out var json, out error))
            {
                if (whole is { } refused)
                {
                    run.Account?.Shadow(run, side, refused, passed: null);
                }

                return error;
            }

            var body = new FilteredBody(json, filtered.Removed);
            if (whole is { } passed)
            {
                run.Account?.Shadow(run, side, passed, body);
            }

            return new FilteredElement(filtered.Xml, body, filtered.KeptIncludes, filtered.RemovedIncludes) { Renamed = filtered.Renamed };
        }
    }

    /// <summary>
    /// Why the element of an answer without a contract may not be in its namespace; null: it may. It is the request's, unless the
    /// agreement lists namespaces, which the list is applied to with everything else.
    /// </summary>
    public static ExchangeError? CheckNamespace(XmlElement answer, ReadOnlyMemory<byte> request, AgreementService? terms) =>
        terms is { Xml.Namespaces.Count: > 0 } || answer.NamespaceUri == Namespace(request)
            ? null
            : new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ContractViolated)
            {
                Path = "Body",
                Expected = RefusalPhrases.Of("element_in_namespace_of_request_or_in"),
                Found = RefusalPhrases.Of("another_namespace"),
                Remedy = RefusalTexts.Remedy(ExchangeCodes.ContractViolated, "answer-namespace"),
            };

    // The namespace of the element; empty for none.
    private static string Namespace(ReadOnlyMemory<byte> xml)
    {
        if (!XmlTape.TryParse(xml, out var tape, out _))
        {
            return "";
        }

        using (tape)
        {
            return tape.Root.NamespaceUri;
        }
    }

    /// <summary>
    /// Why the element of a service without a contract may not be called what it is; null: it may. PR-MESS 2.4: it is named like the
    /// service, that of an answer with Response behind it. Security servers pass every name that begins like the service; what
    /// stands behind is no field and must not carry one, and so another name passes where the agreement lists it.
    /// </summary>
    public static ExchangeError? CheckName(ReadOnlyMemory<byte> xml, ServiceId? service, MessageSide side, AgreementService? terms)
    {
        if (terms is null || service is not { } named || Metaservice.IsReserved(named.Code))
        {
            return null;
        }

        if (!XmlTape.TryParse(xml, out var tape, out _))
        {
            return new ExchangeError(ExchangeStage.Validate, ExchangeCodes.Internal);
        }

        using (tape)
        {
            var isRequest = side == MessageSide.Request;
            var expected = isRequest ? named.Code : named.Code + AgreementXml.AnswerSuffix;
            var name = tape.Root.LocalName;
            var isListed = terms.Xml.Elements.Contains(name, StringComparer.Ordinal) && (isRequest || name.EndsWith(AgreementXml.AnswerSuffix, StringComparison.Ordinal));
            return name == expected || (isRequest && name == named.Code + "Request") || isListed
                ? null
                : new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ContractViolated)
                {
                    Path = "Body",
                    Expected = RefusalPhrases.Of("element_or_one_that_agreement_lists_xml", expected),
                    Found = RefusalPhrases.Of("another_name"),
                    Remedy = RefusalTexts.Remedy(ExchangeCodes.ContractViolated, "answer-name"),
                };
        }
    }

    private static Outcome<ReadOnlyMemory<byte>> Json(ReadOnlyMemory<byte> filtered, int maxDepth)
    {
        if (!XmlTape.TryParse(filtered, out var tape, out _))
        {
            return new ExchangeError(ExchangeStage.Filter, ExchangeCodes.Internal);
        }

        using (tape)
        {
            return XmlAsJson.Write(tape.Root, maxDepth) is { } json
                ? json
                : new ExchangeError(ExchangeStage.Filter, ExchangeCodes.XmlForbidden) { Path = "Body", Expected = RefusalPhrases.Of("at_most_levels_limits_maxdepth", maxDepth), Found = RefusalPhrases.Of("more") };
        }
    }

    private static bool HasIncludes(ReadOnlyMemory<byte> xml)
    {
        if (xml.Span.IndexOf("http://www.w3.org/2004/08/xop/include"u8) < 0 || !XmlTape.TryParse(xml, out var tape, out _))
        {
            return false;
        }

        using (tape)
        {
            return HasIncludes(tape.Root);
        }
    }

    private static bool HasIncludes(XmlElement element)
    {
        foreach (var child in element.Children)
        {
            if (child.Is(XmlFieldFilter.IncludeNamespace, "Include") || HasIncludes(child))
            {
                return true;
            }
        }

        return false;
    }
}
