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
        Expected = "an id under which the same request is not under way",
        Found = "one under which it is",
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
            Expected = "an id whose request has ended and whose answer is kept",
            Found = End is null ? "one that is under way" : End.Entry.Kind == EntryKind.OutcomeUnknown ? "one whose outcome nobody knows" : "one whose answer was erased, or had attachments, which the archive does not keep",
            OutcomeUnknown = End?.Entry.Kind == EntryKind.OutcomeUnknown,
        };

    private static string? Text(ArchiveRecord record, string path) =>
        record.Values.Where(value => value.Path == path).Select(value => value.AsText()).FirstOrDefault();
}
