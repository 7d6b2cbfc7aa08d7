using System.Reflection;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>An archive that takes appends or does not, as a test has it; it can do nothing else.</summary>
public class ArchiveGone : DispatchProxy
{
    private readonly List<EntryDraft> drafts = [];

    /// <summary>How many of the next appends fail.</summary>
    public int Failing { get; set; }

    /// <summary>Every draft it was given, taken or not.</summary>
    public IReadOnlyList<EntryDraft> Drafts => drafts;

    /// <summary>The archive, and what says how it behaves.</summary>
    public static (IArchive Archive, ArchiveGone Control) Make()
    {
        var archive = Create<IArchive, ArchiveGone>();
        return (archive, (ArchiveGone)(object)archive);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod?.Name != nameof(IArchive.AppendAsync))
        {
            throw new NotSupportedException(targetMethod?.Name);
        }

        drafts.Add((EntryDraft)args![0]!);
        if (Failing > 0)
        {
            Failing--;
            return new ValueTask<AppendResult>(new AppendResult { Outcome = AppendOutcome.Failed, Fault = new ArchiveFault(ArchiveFaultCode.ArchiveUnwritable, "The volume is gone.", "Mount it.") });
        }

        return new ValueTask<AppendResult>(new AppendResult { Outcome = AppendOutcome.Appended, Record = new RecordId(LogId.New(), drafts.Count) });
    }
}
