namespace Tunduk.Adapter.Configuration;

/// <summary>Documents beside the configuration file.</summary>
public sealed class DocumentOptions
{
    /// <summary>Folder of <c>*.yaml</c> agreements. Default <c>agreements</c>.</summary>
    public string Agreements { get; set; } = "agreements";

    /// <summary>Folder of contracts. Default <c>contracts</c>.</summary>
    public string Contracts { get; set; } = "contracts";

    /// <summary>Folder of <c>*.yaml</c> grants: who may read the archive. Default <c>grants</c>.</summary>
    public string Grants { get; set; } = "grants";

    /// <summary>The owner's archiving list: what is kept how long. Default <c>archiving-list.yaml</c>; a missing file means that nothing is purged.</summary>
    public string ArchivingList { get; set; } = "archiving-list.yaml";

    /// <summary>
    /// PEM files of certificates of the persons whose detached signature (<c>*.yaml.sig</c>) makes grants and archiving list count. Their keys
    /// are kept elsewhere: the certificate of a key of this host is refused.
    /// </summary>
    public List<string> OwnerSigners { get; set; } = [];

    /// <summary>SHA-256 (hex) of grants and archiving list that count without a signature. Sandbox only.</summary>
    public List<string> PinnedOwnerDocuments { get; set; } = [];

    /// <summary>Folder where the last good text of each document is kept by digest. Default <c>state</c>.</summary>
    public string State { get; set; } = "state";

    /// <summary>
    /// SHA-256 (hex) of agreement files that may come into force without a signature; the pin is the owner's word.
    /// </summary>
    public List<string> PinnedAgreements { get; set; } = [];

    /// <summary>PEM files of certificates of persons whose detached signature (<c>*.yaml.sig</c>) puts an agreement into force.</summary>
    public List<string> AgreementSigners { get; set; } = [];

    /// <summary>
    /// Lets agreements come into force with neither pin nor signature. Default false; shown by the start log and
    /// <c>/health/ready</c> while it is on.
    /// </summary>
    public bool AllowUnsignedAgreements { get; set; }

    /// <summary>
    /// Time from one comparison of the contracts in use with those the providers serve now (getWsdl, getOpenAPI; each question is
    /// archived) to the next; the first comes 5 minutes after the start. Range 1 min–30 days, 0 for none; default 24 h.
    /// </summary>
    public TimeSpan ContractCheck { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// A counterparty that sends or asks for the same unlisted thing this often within an hour raises an alarm. Range
    /// 1–1,000,000, default 20.
    /// </summary>
    public int ExcessAlarm { get; set; } = 20;
}
