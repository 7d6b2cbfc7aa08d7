using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Exchange;

/// <summary>The request that a repeat repeats, as the archive knows it.</summary>
/// <param name="Record">Its entry.</param>
/// <param name="End">How it ended; null while it has no end.</param>
internal sealed record EarlierRequest(RecordId Record, ArchiveRecord? End)
{
    /// <summary>The refusal of the same request a second time while the first is under way.</summary>
    public static readonly ExchangeError UnderWay = new(ExchangeStage.Append, ExchangeCodes.MessageIdRepeated)
    {
        Path = CallHeaders.IdName,
        Expected = RefusalPhrases.Of("id_under_which_same_request_is_not_under"),
        Found = RefusalPhrases.Of("one_under_which_it_is"),
    };

    /// <summary>The answer as it was given; null where there is none or the archive does not hold it whole.</summary>
    public ReadOnlyMemory<byte>? Answer => End is { State: SealState.Complete, Entry.Kind: EntryKind.Response } end
        ? end.Parts.Where(part => part.Name == RepeatedRequests.AnswerPart).Select(part => (ReadOnlyMemory<byte>?)part.Content).FirstOrDefault()
        : null;

    /// <summary>The refusal a repeat gets where there is no answer to give.</summary>
    public ExchangeError Refusal() => End is { Entry: { Kind: EntryKind.OutcomeUnknown, Code: { } code } } end && ExchangeCodes.Knows(code)
        ? new ExchangeError(Enum.TryParse<ExchangeStage>(end.Entry.Stage, ignoreCase: true, out var stage) ? stage : ExchangeStage.Forward, code)
        {
            Rule = Text(end, ExchangeJournal.RuleName),
            Path = Text(end, ExchangeJournal.PathName),
            Expected = Text(end, ExchangeJournal.ExpectedName),
            Found = Text(end, ExchangeJournal.FoundName),
            OutcomeUnknown = true,
        }
        : new ExchangeError(ExchangeStage.Append, ExchangeCodes.MessageIdRepeated)
        {
            Path = CallHeaders.IdName,
            Expected = RefusalPhrases.Of("id_whose_request_has_ended_and_whose"),
            Found = End is null ? RefusalPhrases.Of("one_that_is_under_way") : End.Entry.Kind == EntryKind.OutcomeUnknown ? RefusalPhrases.Of("one_whose_outcome_nobody_knows") : RefusalPhrases.Of("one_whose_answer_was_erased_or_had"),
            OutcomeUnknown = End?.Entry.Kind == EntryKind.OutcomeUnknown,
        };

    private static string? Text(ArchiveRecord record, string path) =>
        record.Values.Where(value => value.Path == path).Select(value => value.AsText()).FirstOrDefault();
}
