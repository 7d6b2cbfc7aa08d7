using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.Retention;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Trust;
using Tunduk.Archive;
using Tunduk.Evidence.Bundles;

namespace Tunduk.Adapter.Reading;

/// <summary>Everything that may be done with an archive from outside, behind one gate: listeners, gRPC and the command line share it.</summary>
/// <param name="Reader">Search, show, explain.</param>
/// <param name="Exporter">Bundles.</param>
/// <param name="Retention">Hold, erase, purge.</param>
/// <param name="Trust">The owner's trust file.</param>
/// <param name="Gate">The gate itself, for looks that other features make.</param>
/// <param name="Archive">What is behind it.</param>
internal sealed record ArchiveDesk(ArchiveReader Reader, BundleExporter Exporter, RetentionDesk Retention, OwnerTrust Trust, ArchiveGate Gate, IArchive Archive)
{
    /// <summary>Puts it together; what is wrong with grants' signers is a fault of the configuration.</summary>
    public static ArchiveDesk? Create(
        AdapterConfiguration configuration, IArchive archive, SigningKeys keys, Func<RevocationService> revocation, TimeProvider clock, List<SettingFault> faults) =>
        Create(configuration, archive, keys, new HoldBook(archive, clock), revocation, clock, faults);

    /// <summary>The same with a book of holds that several desks of one archive share.</summary>
    public static ArchiveDesk? Create(
        AdapterConfiguration configuration, IArchive archive, SigningKeys keys, HoldBook holds, Func<RevocationService> revocation, TimeProvider clock, List<SettingFault> faults)
    {
        var before = faults.Count;
        var documents = OwnerDocuments.Open(configuration, faults, keys.All.Select(key => key.Certificate));
        var agreements = AgreementKeeper.StoreOptions(configuration, faults);
        if (faults.Count > before || agreements is null)
        {
            return null;
        }

        var state = configuration.Resolve(configuration.Options.Documents.State);
        var gate = new ArchiveGate(documents, new ApprovalChecker(configuration.Options.Callers, revocation, clock), archive, clock);
        return new ArchiveDesk(
            new ArchiveReader(archive, gate, PageTokens.Open(state, clock)),
            new BundleExporter(archive, gate, keys, Path.Combine(state, "export"), clock),
            new RetentionDesk(archive, gate, documents, agreements, holds, clock),
            new OwnerTrust(configuration, keys, archive),
            gate,
            archive);
    }

    /// <summary>The trust file. Certificates and origin of the log are no secret; who asks has a role all the same, and who has none is an entry.</summary>
    public async Task<Outcome<TrustDocument>> TrustAsync(Caller caller) => caller.Has("auditor") || caller.Has("operations")
        ? Trust.Make()
        : await Gate.DenyAsync(caller, ArchiveAct.Export, new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.CallerNotPermitted) { Path = "Callers:Roles", Expected = RefusalPhrases.Of("role_auditor_or_operations"), Found = RefusalPhrases.Of("other_roles") });
}
