using System.Buffers;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Faults of a service by the agreement: the code passes, the text where <c>faults.text</c> is <c>show</c>, of the detail
/// what <c>faults.detail</c> lists. Texts of faults quote what was asked for more often than not.
/// </summary>
internal static partial class FaultPolicy
{
    private static readonly FieldList CodeAlone = FieldList.ForRequest(new FieldRules { Allow = [FieldPath.Parse("type")] }, null, MessageShape.Flat);
    private static readonly FieldList Nothing = FieldList.ForRequest(FieldRules.Nothing, null, MessageShape.Flat);

    private const string TextPath = "fault/text";
    private const string DetailPath = "fault/detail";
    private const string CodePath = "fault/code";

    /// <summary>A SOAP fault; without terms nothing but its code passes.</summary>
    public static FilteredFault Soap(AgreementService? terms, SoapFault fault)
    {
        var rules = terms?.Faults ?? FaultRules.Nothing;
        var removed = new List<RemovedField>();
        var code = WithoutPrefix(fault.Code.Trim());
        if (!IsCode(code))
        {
            code = "Server";
            removed.Add(new RemovedField(CodePath, 1, Blanked: false));
        }

        var text = fault.Message;
        if (!rules.ShowText && text.Length > 0)
        {
            text = Phrases.Of("Exchange.TextServiceFaultCharacters", text.Length);
            removed.Add(new RemovedField(TextPath, 1, Blanked: true));
        }

        return new FilteredFault(code, text, Detail(rules, terms, fault, removed), removed);
    }

    /// <summary>The JSON body of a REST error (<c>type</c>, <c>message</c>, <c>detail</c>); a body that is no JSON does not pass.</summary>
    public static FilteredBody Rest(AgreementService? terms, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return new FilteredBody(body, []);
        }

        var hasCode = HasCode(body.Span);
        var (filtered, _) = FieldPolicy.Run(terms?.RestErrorFields(hasCode) ?? (hasCode ? CodeAlone : Nothing), body);
        return filtered is null
            ? new FilteredBody(ReadOnlyMemory<byte>.Empty, [new RemovedField("fault", 1, Blanked: false)])
            : filtered with { Removed = [.. filtered.Removed.Select(field => field with { Path = "fault/" + field.Path })] };
    }

    /// <summary>A body of which nothing can be told: one that every list removes.</summary>
    public static ReadOnlyMemory<byte> Unreadable(bool isEmpty) => isEmpty ? default : "!"u8.ToArray();

    // The type is a code as in SOAP; a text in its place is none.
    private static bool HasCode(ReadOnlySpan<byte> body)
    {
        var reader = new System.Text.Json.Utf8JsonReader(body);
        try
        {
            if (!reader.Read() || reader.TokenType != System.Text.Json.JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == System.Text.Json.JsonTokenType.PropertyName)
            {
                var isType = reader.ValueTextEquals("type"u8);
                reader.Read();
                if (isType)
                {
                    return reader.TokenType == System.Text.Json.JsonTokenType.String && IsCode(reader.GetString()!);
                }

                reader.Skip();
            }
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or InvalidOperationException)
        {
            // The list's own reader refuses it.
        }

        return false;
    }

    private static ReadOnlyMemory<byte> Detail(FaultRules rules, AgreementService? terms, SoapFault fault, List<RemovedField> removed)
    {
        if (!fault.Detail.Exists)
        {
            return default;
        }

        if (rules.Detail.Count == 0)
        {
            removed.Add(new RemovedField(DetailPath, 1, Blanked: false));
            return default;
        }

        var output = new ArrayBufferWriter<byte>();
        var result = XmlFieldFilter.ApplyToElement(rules.SoapDetail, fault.Detail, terms?.Namespaces ?? new XmlNamespaceRule([]), output);
        if (result.Fields.IsRefused)
        {
            removed.Add(new RemovedField(DetailPath, 1, Blanked: false));
            return default;
        }

        removed.AddRange(result.Fields.Removed.Select(field => field with { Path = $"{DetailPath}/{field.Path}" }));
        return XmlNeutral.Apply(output.WrittenMemory, out _);
    }

    /// <summary>Whether a text can be nothing but a fault's code.</summary>
    public static bool IsCode(string code) => Code().IsMatch(code);

    // A prefix is a text of the sender's choice: those that toolkits write stay, of any other the code remains.
    private static string WithoutPrefix(string code) =>
        code.Split(':') is [{ Length: > 0 }, var local] && !IsCode(code) ? local : code;

    // A code is a name with dots and at most one prefix that toolkits write; anything longer is a text in its place, and six digits
    // in a row are a number of somebody or something.
    [GeneratedRegex(@"^((?i:soap|soapenv|soap-env|soap12|env|s|xrd|xroad|xro|tns|ns[0-9]{0,2}|[a-z][0-9]?):)?(?!.*[0-9]{6})[A-Za-z][A-Za-z0-9._-]{0,120}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Code();
}
