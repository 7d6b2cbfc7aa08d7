using System.Buffers;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Exchange;

/// <summary>The Filter stage: an agreement's list applied to a body.</summary>
internal static class FieldPolicy
{
    /// <summary>The request's list, and the agreed size of a request.</summary>
    public static Outcome<FilteredBody> Request(ExchangeRun run, ReadOnlyMemory<byte> json) => Apply(run, FieldList.Request, json);

    /// <summary>The response's list, which holds for the echoed request in it too, and the agreed size of a response.</summary>
    public static Outcome<FilteredBody> Response(ExchangeRun run, ReadOnlyMemory<byte> json) => Apply(run, FieldList.Response, json);

    /// <summary>The list of one side; null for a metaservice, which has no agreement and passes whole.</summary>
    public static FieldList? List(ExchangeRun run, string side) =>
        run.Terms is not { } terms ? null : side == FieldList.Request ? terms.RequestFields : terms.ResponseFields;

    /// <summary>The agreed size of one side in bytes; null: none.</summary>
    public static int? Most(ExchangeRun run, string side) => run.Agreement is not { } agreement || run.Terms is not { } terms ? null
        : side == FieldList.Request ? AgreementLimits.Lower(agreement.Limits.RequestBytes, terms.Limits.RequestBytes)
        : AgreementLimits.Lower(agreement.Limits.ResponseBytes, terms.Limits.ResponseBytes);

    /// <summary>One list over one body, without counting anything.</summary>
    public static (FilteredBody? Body, PolicyRefusal? Refusal) Run(FieldList list, ReadOnlyMemory<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 16);
        var result = JsonFieldFilter.Apply(list, json.Span, output);
        return result.Refusal is { } refusal
            ? (null, refusal)
            : (new FilteredBody(result.Removed.Count == 0 ? json : output.WrittenMemory, result.Removed), null);
    }

    /// <summary>A refusal of the list or of the agreement's size.</summary>
    public static ExchangeError ToError(PolicyRefusal refusal) => new(ExchangeStage.Filter, refusal.Code)
    {
        Path = refusal.Path.Length == 0 ? "body" : refusal.Path,
        Expected = refusal.Expected,
        Found = refusal.Found,
        Remedy = refusal.Remedy,
    };

    /// <summary>The refusal of a message that is larger than agreed; null: it is not.</summary>
    public static ExchangeError? TooLarge(string side, long length, int? most) => length <= (most ?? long.MaxValue) ? null : new(ExchangeStage.Filter, ExchangeCodes.AgreementVolumeExceeded)
    {
        Path = $"limits.{side}Bytes",
        Expected = RefusalPhrases.Of("at_most_bytes_of", most, side),
        Found = RefusalPhrases.Of("bytes", length),
    };

    /// <summary>The contract's complaint about a body that was whole before fields were removed.</summary>
    public static ExchangeError BrokenByRemoval(ExchangeError error) => error with
    {
        Stage = ExchangeStage.Filter,
        Code = ExchangeCodes.RequiredFieldRemoved,
        Remedy = null,
    };

    /// <summary>A refusal of an answer that verified: what the contract finds is the provider's fault, not the caller's; the outcome is known.</summary>
    public static ExchangeError OfAnswer(ExchangeError error) => error.Stage == ExchangeStage.Validate || IsForm(error)
        ? error with { Stage = ExchangeStage.Verify, Code = ExchangeCodes.ResponseMalformed, Remedy = null, OutcomeUnknown = false }
        : error with { OutcomeUnknown = false };

    /// <summary>A refusal after the information system has answered: its fault, or the list's; the outcome is known.</summary>
    public static ExchangeError AfterExecution(ExchangeError error) => error.Code switch
    {
        _ when error.Code == ExchangeCodes.ContractViolated || IsForm(error) => error with { Stage = ExchangeStage.Forward, Code = ExchangeCodes.InformationSystemBroken, Remedy = null },
        _ => error,
    };

    // What is wrong with a message as such, whoever reads it: in an answer it is the answerer's fault.
    private static bool IsForm(ExchangeError error) => error is { Code: ExchangeCodes.AttachmentNotListed, Path: "body" } or { IsContentUntrue: true } || error.Code is ExchangeCodes.JsonMalformed or ExchangeCodes.JsonDuplicateName or ExchangeCodes.NumberInexact or ExchangeCodes.XmlMalformed or ExchangeCodes.XmlForbidden
        or ExchangeCodes.ContentTypeUnsupported or ExchangeCodes.EncodingAmbiguous or ExchangeCodes.MultipartMalformed or ExchangeCodes.NilWithContent
        or ExchangeCodes.HeaderInvalid or ExchangeCodes.TypeSubstitution or ExchangeCodes.WrongInstanceAttribute or ExchangeCodes.AttachmentReferencedTwice;

    private static Outcome<FilteredBody> Apply(ExchangeRun run, string side, ReadOnlyMemory<byte> json)
    {
        if (TooLarge(side, json.Length, Most(run, side)) is { } tooLarge)
        {
            return tooLarge;
        }

        var (body, refusal) = Run(List(run, side)!, json);
        run.Account?.Shadow(run, side, json, body);
        if (body is null)
        {
            return ToError(refusal!);
        }

        run.Account?.Filtered(run, side, body);
        return body;
    }
}
