using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Searching;

/// <summary>
/// Everything of an entry's metadata that a search can ask for, names by their numbers (0: none). Entries that agree in all of it have one shape,
/// and a shape is a row and a number; so one index serves every combination of conditions.
/// </summary>
internal readonly record struct EntryShape(
    long Kind, long Role, long Counterparty, long Own, long Service, long Agreement, long Stage, long Code, long Signature)
{
    /// <summary>Columns of the table, in the order of <see cref="Values"/>.</summary>
    public const string Columns = "kind, role, counterparty, own, service, agreement, stage, code, signature";

    public static EntryShape Of(LogEntry entry, Func<string?, long?> name) => new(
        (long)entry.Kind, (long)entry.Role, name(entry.Counterparty) ?? 0, name(entry.OwnSubsystem) ?? 0, name(entry.Service) ?? 0,
        name(entry.Agreement) ?? 0, name(entry.Stage) ?? 0, name(entry.Code) ?? 0, (long)entry.Signature);

    public long[] Values() => [Kind, Role, Counterparty, Own, Service, Agreement, Stage, Code, Signature];
}
