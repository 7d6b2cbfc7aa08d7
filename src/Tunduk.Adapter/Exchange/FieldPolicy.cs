using System.Buffers;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Exchange;

/// <summary>The Filter stage: an agreement's list applied to a body.</summary>
internal static class FieldPolicy
{
    public static Outcome<FilteredBody> Apply(FieldList list, ReadOnlyMemory<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 16);
        var result = JsonFieldFilter.Apply(list, json.Span, output);
        if (result.Refusal is { } refusal)
        {
            return new ExchangeError(ExchangeStage.Filter, refusal.Code)
            {
                Path = refusal.Path,
                Expected = refusal.Expected,
                Found = refusal.Found,
                Remedy = refusal.Remedy,
            };
        }

        return new FilteredBody(result.Removed.Count == 0 ? json : output.WrittenMemory, result.Removed);
    }

    /// <summary>The contract's complaint about a body that was whole before fields were removed.</summary>
    public static ExchangeError BrokenByRemoval(ExchangeError error) => error with
    {
        Stage = ExchangeStage.Filter,
        Code = ExchangeCodes.RequiredFieldRemoved,
        Remedy = null,
    };

    /// <summary>A refusal of an answer that verified: what the contract finds is the provider's fault, not the caller's; the outcome is known.</summary>
    public static ExchangeError OfAnswer(ExchangeError error) => error.Stage == ExchangeStage.Validate
        ? error with { Stage = ExchangeStage.Verify, Code = ExchangeCodes.ResponseMalformed, Remedy = null, OutcomeUnknown = false }
        : error with { OutcomeUnknown = false };

    /// <summary>A refusal after the information system has answered: its fault, or the list's; the outcome is known.</summary>
    public static ExchangeError AfterExecution(ExchangeError error) => error.Code switch
    {
        ExchangeCodes.ContractViolated or ExchangeCodes.JsonMalformed or ExchangeCodes.JsonDuplicateName => error with { Stage = ExchangeStage.Forward, Code = ExchangeCodes.InformationSystemBroken, Remedy = null },
        _ => error,
    };
}
