using Tunduk.Archive;

namespace Tunduk.Adapter.Trust;

/// <summary>The verdict on a signer's certificate, with what it rests on.</summary>
internal sealed record RevocationDecision(RevocationVerdict Verdict)
{
    /// <summary>The oldest answer it rests on, by the authority's clock.</summary>
    public DateTimeOffset? ThisUpdate { get; init; }

    /// <summary>End of the decision; until then it is not asked again.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>Revoked: since when, and why if the authority says so.</summary>
    public string? Found { get; init; }

    /// <summary>Serial number of the certificate the verdict is about: the signer's, or one of its chain.</summary>
    public string? Serial { get; init; }

    /// <summary>Who was asked in vain, and why: for the own information system and operations.</summary>
    public IReadOnlyList<string> Attempts { get; init; } = [];

    /// <summary>The authorities' answers, archived with the message so that it can be judged without them.</summary>
    public IReadOnlyList<PayloadPart> Evidence { get; init; } = [];

    /// <summary>True when the message may go on.</summary>
    public bool IsAcceptable => Verdict is RevocationVerdict.NotAsked or RevocationVerdict.Good or RevocationVerdict.Accepted;
}
