using System.Globalization;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Benchmarks.Archive;

/// <summary>Invented exchanges of the size the field has: a signed SOAP request of 3 KiB and an answer of 6 KiB with eleven fields.</summary>
internal static class Drafts
{
    private static readonly byte[] RequestBody = new byte[3 * 1024];
    private static readonly byte[] ResponseBody = new byte[6 * 1024];
    private static readonly byte[] Certificate = new byte[32];
    private static readonly SealedValue[] Fields = [.. Enumerable.Range(0, 11).Select(static f => SealedValue.Text("response/field" + f.ToString(CultureInfo.InvariantCulture), "a value of some length"))];

    public static EntryDraft Request(int n, int i) => new()
    {
        Kind = EntryKind.Request,
        Role = ExchangeRole.Consumer,
        Stage = "Append",
        Code = "ok",
        Counterparty = "sandbox/GOV/70009001/registry",
        OwnSubsystem = "sandbox/COM/60009001/loans",
        Service = "sandbox/GOV/70009001/registry/getPerson/v1",
        Agreement = "SLA-2026-014",
        AgreementVersion = 3,
        ArchivingListVersion = "2026-1",
        Signature = SignatureStatus.OwnEmbedded,
        CertificateSha256 = Certificate,
        MessageSize = RequestBody.Length,
        UserId = "KG2120119990" + (n % 50).ToString("D4", CultureInfo.InvariantCulture),
        Basis = string.Create(CultureInfo.InvariantCulture, $"loan-scoring {n}/{i}"),
        MessageId = string.Create(CultureInfo.InvariantCulture, $"{n}-{i}-7f6c1b52-0a5e"),
        Values = [SealedValue.Text("request/pin", Pin(n, i))],
        Persons = [new IndexTerm(IndexKind.Pin, Pin(n, i))],
        Parts = [new PayloadPart("message", "text/xml; charset=utf-8", RequestBody)],
        AnswerReserve = 4096,
    };

    /// <summary>A small entry of its own: fills an archive, and arrives at a steady rate.</summary>
    public static EntryDraft Filler(int n, int i) => new()
    {
        Kind = EntryKind.ArchiveAccess,
        Stage = "read",
        Code = "searched",
        OwnSubsystem = "sandbox/COM/60009001/loans",
        UserId = "KG2120119990" + (n % 50).ToString("D4", CultureInfo.InvariantCulture),
        Facts = [SealedValue.Text("$purpose", string.Create(CultureInfo.InvariantCulture, $"complaint {n}/{i}"))],
    };

    public static EntryDraft Response(int n, int i, RecordId request) => new()
    {
        Kind = EntryKind.Response,
        Role = ExchangeRole.Consumer,
        Stage = "Append",
        Code = "ok",
        Counterparty = "sandbox/GOV/70009001/registry",
        OwnSubsystem = "sandbox/COM/60009001/loans",
        Service = "sandbox/GOV/70009001/registry/getPerson/v1",
        Agreement = "SLA-2026-014",
        AgreementVersion = 3,
        ArchivingListVersion = "2026-1",
        Link = request,
        Signature = SignatureStatus.Verified,
        CertificateSha256 = Certificate,
        MessageSize = ResponseBody.Length,
        Values = Fields,
        Persons = [new IndexTerm(IndexKind.Pin, Pin(n, i))],
        Parts = [new PayloadPart("message", "text/xml; charset=utf-8", ResponseBody)],
    };

    /// <summary>The smallest entry: a refusal without a message.</summary>
    public static EntryDraft Refusal(int n) => new()
    {
        Kind = EntryKind.Refusal,
        Role = ExchangeRole.Consumer,
        Stage = "Filter",
        Code = "field_not_allowed",
        Counterparty = "sandbox/GOV/70009001/registry",
        OwnSubsystem = "sandbox/COM/60009001/loans",
        Service = "sandbox/GOV/70009001/registry/getPerson/v1",
        MessageId = "refused-" + n.ToString(CultureInfo.InvariantCulture),
    };

    private static string Pin(int n, int i) => string.Create(CultureInfo.InvariantCulture, $"2{(n * 37) + i:D13}");
}
