using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Agreements;

/// <summary>Settings of <see cref="AgreementStore"/>.</summary>
internal sealed class AgreementStoreOptions
{
    /// <summary>Folder of the <c>*.yaml</c> documents; subfolders are not read.</summary>
    public required string Folder { get; init; }

    /// <summary>Folder for the last good texts and the suspensions; written by the adapter alone.</summary>
    public required string StateFolder { get; init; }

    /// <summary>Default <see cref="AgreementProof.PinnedOrSigned"/>.</summary>
    public AgreementProof Proof { get; init; }

    /// <summary>SHA-256 of the documents that may be in force; a list, so that the old and the new text overlap.</summary>
    public IReadOnlySet<AgreementDigest> Pins { get; init; } = new HashSet<AgreementDigest>();

    /// <summary>Certificates of the persons whose detached CMS signature (<c>NAME.yaml.sig</c>, DER or PEM) counts.</summary>
    public IReadOnlyList<X509Certificate2> Signers { get; init; } = [];

    /// <summary>Offset of the days and hours in documents. Default UTC+06:00 (Bishkek, no summer time).</summary>
    public TimeSpan Offset { get; init; } = TimeSpan.FromHours(6);
}
