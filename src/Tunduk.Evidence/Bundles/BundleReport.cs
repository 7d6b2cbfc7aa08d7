using System.Text;

namespace Tunduk.Evidence.Bundles;

/// <summary>The result of checking a bundle.</summary>
public sealed record BundleReport
{
    /// <summary>Nothing failed, and the trust file vouches for everybody who signed.</summary>
    public bool Ok => FindingCount == 0 && SignerEstablished;

    /// <summary>Whether a trust file established who signed the checkpoints and the manifest.</summary>
    public bool SignerEstablished { get; init; }

    /// <summary>What the bundle says it is; null where that cannot be read.</summary>
    public BundleManifest? Manifest { get; init; }

    /// <summary>Records whose entry is in the tree of a checkpoint.</summary>
    public long Records { get; init; }

    /// <summary>Values shown that fit their entry's commitment.</summary>
    public long Values { get; init; }

    /// <summary>Leaves of commitments that are withheld, erased or padding.</summary>
    public long Withheld { get; init; }

    /// <summary>Message signatures of which all signed bytes are here and were checked now.</summary>
    public long SignaturesVerified { get; init; }

    /// <summary>Message signatures that were checked at receipt; the bytes are withheld or erased.</summary>
    public long SignaturesAttested { get; init; }

    /// <summary>Messages without a signature.</summary>
    public long SignaturesAbsent { get; init; }

    /// <summary>Message signatures that do not hold over the bytes in the bundle.</summary>
    public long SignaturesFailed { get; init; }

    /// <summary>What was found out, one sentence a line: who signed, until when, what is proven and what is only claimed.</summary>
    public IReadOnlyList<string> Statements { get; init; } = [];

    /// <summary>How many things are wrong.</summary>
    public long FindingCount { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<BundleFinding> Findings { get; init; } = [];

    /// <summary>The report for people: what was checked, what it proves, and every finding by record and field.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        text.Append(Ok ? "VERIFIES" : FindingCount == 0 ? Phrases.Of("Bundles.ConsistentSignerNotEstablished") : Phrases.Of("Bundles.DoesNotVerify")).Append('\n');
        text.Append(Phrases.Of("Bundles.RecordsValuesShownLeaves", Records, Values, Withheld));
        text.Append(Phrases.Of("Bundles.MessageSignaturesVerifiedAttested", SignaturesVerified, SignaturesAttested, SignaturesAbsent, SignaturesFailed));
        foreach (string statement in Statements)
        {
            text.Append("  ").Append(statement).Append('\n');
        }

        foreach (BundleFinding finding in Findings)
        {
            text.Append(Phrases.Of("Bundles.Failed")).Append(finding).Append('\n');
        }

        if (FindingCount > Findings.Count)
        {
            text.Append(Phrases.Of("Bundles.More", FindingCount - Findings.Count));
        }

        return text.ToString();
    }
}
