using Tunduk.Adapter.Reading;

namespace Tunduk.Adapter.Administration;

/// <summary>Archived traffic to replay against a draft. Why somebody looks is archived, as with every look.</summary>
internal sealed record AgreementTestRequest : ArchiveAccess
{
    /// <summary>Name of the draft's file.</summary>
    public string? File { get; init; }

    /// <summary>The draft's text.</summary>
    public string? Document { get; init; }

    /// <summary>Exchanges from this time on; null: from the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exchanges before this time; null: to the end.</summary>
    public DateTimeOffset? Until { get; init; }
}
