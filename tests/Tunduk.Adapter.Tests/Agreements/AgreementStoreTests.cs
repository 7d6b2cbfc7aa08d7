using System.Globalization;
using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.Agreements;

// Over 300 lines: one store's life, from the first file to the last good text.

public sealed class AgreementStoreTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("agreements-").FullName;

    public AgreementStoreTests() => Directory.CreateDirectory(Folder);

    private string Folder => Path.Combine(root, "agreements");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Find_InForce_GivesTheAgreement()
    {
        Write("a.yaml", AgreementTexts.Full);
        AgreementMatch match = Find(Open());
        Assert.True(match.IsFound);
        match.Agreement.Id.ShouldBe("SLA-2026-014");
        match.Service.Service.ShouldBe(AgreementTexts.GetPerson);
    }

    [Theory]
    [InlineData("2026-02-28T23:59:59+06:00", "agreement_not_yet_valid")]
    [InlineData("2026-03-01T00:00:00+06:00", null)]
    [InlineData("2027-02-28T23:59:59+06:00", null)]
    [InlineData("2027-03-01T00:00:00+06:00", "agreement_expired")]
    [InlineData("2026-02-28T18:00:00Z", null)]
    public void Find_AtTheBorders_UntilIsTheFirstDayWithout(string now, string? code)
    {
        Write("a.yaml", AgreementTexts.Full);
        Find(Open(), DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)).Refusal?.Code.ShouldBe(code);
        (Find(Open(), DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)).Refusal is null).ShouldBe(code is null);
    }

    [Fact]
    public void Find_NothingFitting_NamesTheReason()
    {
        AgreementStore store = Open();
        Find(store).Refusal!.Code.ShouldBe("no_agreement");
        Write("a.yaml", AgreementTexts.Full);
        store.Reload();
        ServiceId other = ServiceId.Parse("sandbox/GOV/70009001/registry/getPerson/v2");
        store.Current.Find(AgreementTexts.Registry, AgreementTexts.Loans, other, AgreementRole.Provider, AgreementTexts.Summer).Refusal!.Code.ShouldBe("service_not_listed");
        store.Current.Find(AgreementTexts.Registry, AgreementTexts.Loans, AgreementTexts.GetPerson, AgreementRole.Consumer, AgreementTexts.Summer).Refusal!.Code.ShouldBe("no_agreement");
        store.Current.Find(AgreementTexts.Loans, AgreementTexts.Registry, AgreementTexts.GetPerson, AgreementRole.Provider, AgreementTexts.Summer).Refusal!.Code.ShouldBe("no_agreement");
    }

    [Fact]
    public void Find_ConsentEnded_SaysSo()
    {
        Write("a.yaml", AgreementTexts.Full.Replace("kind: sla", "kind: consent, until: 2026-06-01"));
        Find(Open()).Refusal!.Code.ShouldBe("agreement_consent_ended");
    }

    [Fact]
    public void Reload_FileBreaks_LastGoodTextStaysAlsoAfterRestart()
    {
        Write("a.yaml", AgreementTexts.Full);
        AgreementStore store = Open();
        Write("a.yaml", AgreementTexts.Full.Replace("role: provider", "role: boss"));
        store.ReloadIfChanged()!.ShouldContain(static c => c.Kind == AgreementChangeKind.KeptLastGood);
        Find(store).IsFound.ShouldBeTrue();
        store.Current.Documents[0].IsAlarm.ShouldBeTrue();
        store.ReloadIfChanged().ShouldBeNull();

        AgreementStore restarted = Open();
        Find(restarted).Agreement!.Version.ShouldBe(3);
        restarted.Current.Documents[0].UsesLastGood.ShouldBeTrue();
    }

    [Fact]
    public void Reload_BrokenWithoutPredecessor_BlocksOnlyItself()
    {
        Write("a.yaml", AgreementTexts.Full);
        Write("b.yaml", AgreementTexts.Full.Replace("60009001/loans", "60009001/shop").Replace("version: 3", "version: x"));
        AgreementStore store = Open();
        Find(store).IsFound.ShouldBeTrue();
        store.Current.Find(AgreementTexts.Registry, ClientId.Parse("sandbox/COM/60009001/shop"), AgreementTexts.GetPerson, AgreementRole.Provider, AgreementTexts.Summer).Refusal!.Code.ShouldBe("agreement_invalid");
    }

    [Fact]
    public void Reload_FileGone_Withdraws()
    {
        Write("a.yaml", AgreementTexts.Full);
        AgreementStore store = Open();
        File.Delete(Path.Combine(Folder, "a.yaml"));
        store.ReloadIfChanged()!.Single().Kind.ShouldBe(AgreementChangeKind.Withdrawn);
        Find(store).Refusal!.Code.ShouldBe("no_agreement");
        Find(Open()).Refusal!.Code.ShouldBe("no_agreement");
    }

    [Fact]
    public void Reload_FolderGone_KeepsWhatCounted()
    {
        Write("a.yaml", AgreementTexts.Full);
        AgreementStore store = Open();
        Directory.Delete(Folder, recursive: true);
        store.Reload();
        Find(store).IsFound.ShouldBeTrue();
        store.Current.Documents[0].Faults[0].Code.ShouldBe("folder_unreadable");
    }

    [Fact]
    public void Reload_TwoNewForOneKey_NeitherCounts()
    {
        Write("a.yaml", AgreementTexts.Full);
        Write("b.yaml", AgreementTexts.Full.Replace("SLA-2026-014", "SLA-2026-015"));
        AgreementStore store = Open();
        Find(store).Refusal!.Code.ShouldBe("agreement_conflict");
        store.Current.Documents.ShouldAllBe(static d => d.Agreement == null && d.Faults.Any(f => f.Code == "agreement_conflict"));
    }

    [Fact]
    public void Reload_SecondForAKeyInForce_TheEarlierStaysAndBothAreFaulty()
    {
        Write("b.yaml", AgreementTexts.Full);
        AgreementStore store = Open();
        Write("a.yaml", AgreementTexts.Full.Replace("SLA-2026-014", "SLA-2026-015"));
        store.ReloadIfChanged();
        Find(store).Agreement!.Id.ShouldBe("SLA-2026-014");
        store.Current.Documents.ShouldAllBe(static d => d.IsAlarm);

        // The earlier one changes too and still meets the other: its last good text stays.
        Write("b.yaml", AgreementTexts.Full.Replace("version: 3", "version: 4"));
        store.ReloadIfChanged();
        Find(store).Agreement!.Version.ShouldBe(3);
    }

    [Fact]
    public void Reload_SuccessionWithoutOverlap_IsNoConflict()
    {
        Write("a.yaml", AgreementTexts.Full);
        Write("b.yaml", AgreementTexts.Full.Replace("version: 3", "version: 4").Replace("from: 2026-03-01, until: 2027-03-01 }\npurposes", "from: 2027-03-01, until: 2028-03-01 }\npurposes"));
        AgreementStore store = Open();
        Find(store).Agreement!.Version.ShouldBe(3);
        Find(store, AgreementTexts.Summer.AddYears(1)).Agreement!.Version.ShouldBe(4);
        store.Current.StateOf(store.Current.Documents[1], AgreementTexts.Summer).ShouldBe(AgreementState.NotYetValid);
    }

    [Fact]
    public void Reload_NotPinned_DoesNotCount()
    {
        Write("a.yaml", AgreementTexts.Full);
        AgreementStore store = Open(AgreementProof.Pinned);
        store.Current.Documents[0].Faults.ShouldContain(static f => f.Code == "not_put_in_force");
        Find(store).IsFound.ShouldBeFalse();
        Find(Open(AgreementProof.Pinned, AgreementDigest.Of(Encoding.UTF8.GetBytes(AgreementTexts.Full)))).IsFound.ShouldBeTrue();
    }

    [Fact]
    public void Reload_StateFolderForged_LastGoodIsCheckedAgain()
    {
        Write("a.yaml", AgreementTexts.Full);
        Open();
        Write("a.yaml", "broken: [");
        string state = Path.Combine(root, "state", "last-good.jsonl");
        string line = File.ReadAllText(state);
        string forged = Convert.ToBase64String(Encoding.UTF8.GetBytes(AgreementTexts.Full.Replace("[pin]", "[\"**\"]")));
        int at = line.IndexOf("\"Document\":\"", StringComparison.Ordinal) + 12;
        File.WriteAllText(state, line[..at] + forged + line[line.IndexOf('"', at)..]);
        Find(Open()).IsFound.ShouldBeFalse();
    }

    [Fact]
    public void Reload_StateFileTorn_TheLinesBeforeAndAfterCount()
    {
        Write("a.yaml", AgreementTexts.Full);
        AgreementStore store = Open();
        string state = Path.Combine(root, "state", "last-good.jsonl");
        File.AppendAllText(state, "{\"File\":\"a.ya");
        Write("a.yaml", AgreementTexts.Full.Replace("version: 3", "version: 4"));
        store.Reload();
        Write("a.yaml", "broken: [");
        Find(Open()).Agreement!.Version.ShouldBe(4);
    }

    [Fact]
    public void Reload_ManyVersions_RewritesTheStateFile()
    {
        AgreementStore store = Open();
        for (int version = 1; version < 40; version++)
        {
            Write("a.yaml", AgreementTexts.Full.Replace("version: 3", $"version: {version}") + "notes: " + new string('x', 9_000).Replace("xxxxxxxxx", "x y z w v") + "\n" + string.Concat(Enumerable.Repeat("# " + new string('-', 998) + "\n", 60)));
            store.Reload();
        }

        new FileInfo(Path.Combine(root, "state", "last-good.jsonl")).Length.ShouldBeLessThan(1_200_000);
        Write("a.yaml", "broken: [");
        Find(Open()).Agreement!.Version.ShouldBe(39);
    }

    [Fact]
    public void Suspend_FromATime_StopsAndSurvivesRestart()
    {
        Write("a.yaml", AgreementTexts.Full);
        AgreementStore store = Open();
        store.Suspend(new AgreementSuspension("SLA-2026-014", AgreementTexts.Summer, null, "dispute", "head of the owner")).Version.ShouldBe(3);
        Find(store, AgreementTexts.Summer.AddSeconds(-1)).IsFound.ShouldBeTrue();
        Find(store).Refusal!.Code.ShouldBe("agreement_suspended");
        Find(Open()).Refusal!.Code.ShouldBe("agreement_suspended");
        store.Resume("SLA-2026-014", "head of the owner")!.Kind.ShouldBe(AgreementChangeKind.Resumed);
        Find(store).IsFound.ShouldBeTrue();
    }

    [Fact]
    public async Task Reload_StuckOnAFile_HoldsNobodyUp()
    {
        // A pipe that nobody writes to stands for a file of a share that hangs.
        Write("a.yaml", AgreementTexts.Full);
        AgreementStore store = Open();
        string pipe = Path.Combine(Folder, "b.yaml");
        using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            await make.WaitForExitAsync();
        }

        Task<IReadOnlyList<AgreementChange>?> reload = Task.Factory.StartNew(store.ReloadIfChanged, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (int i = 0; i < 1_000; i++)
        {
            Find(store).IsFound.ShouldBeTrue();
        }

        store.Suspend(new AgreementSuspension("SLA-2026-014", DateTimeOffset.UnixEpoch, null, "dispute", "head"));
        Find(store).Refusal!.Code.ShouldBe("agreement_suspended");
        store.Resume("SLA-2026-014", "head").ShouldNotBeNull();
        store.Suspend(new AgreementSuspension("SLA-2026-014", DateTimeOffset.UnixEpoch, null, "dispute again", "head"));
        store.SuspensionOf("SLA-2026-014")!.Reason.ShouldBe("dispute again");
        reload.IsCompleted.ShouldBeFalse("it is stuck");

        try
        {
            using FileStream write = new(pipe, FileMode.Open, FileAccess.Write);
            write.Write("role: boss"u8);
        }
        catch (IOException)
        {
            // Opened is enough for whoever looks first how long it is: gone before anything was written.
        }

        (await reload).ShouldNotBeNull().ShouldContain(static change => change.Kind == AgreementChangeKind.Blocked);
        Find(store).Refusal!.Code.ShouldBe("agreement_suspended", "a reading does not bring back what was before");
    }

    [Fact]
    public void ReloadIfChanged_OrderWrittenBesideTheAdapter_CountsAndIsAChange()
    {
        Write("a.yaml", AgreementTexts.Full);
        AgreementStore store = Open();
        AgreementStore command = Open();
        command.Suspend(new AgreementSuspension("SLA-2026-014", DateTimeOffset.UnixEpoch, null, "dispute", "head"));
        Find(store).IsFound.ShouldBeTrue();
        AgreementChange change = store.ReloadIfChanged().ShouldNotBeNull().ShouldHaveSingleItem();
        (change.Kind, change.Agreement, change.By).ShouldBe((AgreementChangeKind.Suspended, "SLA-2026-014", "head"));
        Find(store).Refusal!.Code.ShouldBe("agreement_suspended");
        store.ReloadIfChanged().ShouldBeNull();

        // Two that order at once lose neither.
        command.Suspend(new AgreementSuspension("SLA-OTHER", DateTimeOffset.UnixEpoch, null, "x", "head"));
        store.Suspend(new AgreementSuspension("SLA-THIRD", DateTimeOffset.UnixEpoch, null, "x", "head"));
        store.ReloadIfChanged().ShouldNotBeNull().ShouldHaveSingleItem().Agreement.ShouldBe("SLA-OTHER");
        command.Resume("SLA-2026-014", "head");
        store.ReloadIfChanged().ShouldNotBeNull().ShouldHaveSingleItem().Kind.ShouldBe(AgreementChangeKind.Resumed);
        Find(store).IsFound.ShouldBeTrue();
        store.SuspensionOf("SLA-THIRD").ShouldNotBeNull();
    }

    private static AgreementMatch Find(AgreementStore store, DateTimeOffset? now = null) =>
        store.Current.Find(AgreementTexts.Registry, AgreementTexts.Loans, AgreementTexts.GetPerson, AgreementRole.Provider, now ?? AgreementTexts.Summer);

    [Theory]
    [InlineData("version: 3", "version_reused")]
    [InlineData("version: 2", "version_went_back")]
    public void Reload_AnotherTextThatIsNotTheNextVersion_DoesNotCount(string version, string code)
    {
        string good = AgreementTexts.Full;
        string other = good.Replace("version: 3", version).Replace("[surname,", "[photo, surname,");
        Write("a.yaml", good);
        AgreementStore store = Open(AgreementProof.Pinned, AgreementDigest.Of(Encoding.UTF8.GetBytes(good)), AgreementDigest.Of(Encoding.UTF8.GetBytes(other)));

        Write("a.yaml", other);
        store.Reload().ShouldHaveSingleItem().Kind.ShouldBe(AgreementChangeKind.KeptLastGood);

        Find(store).Agreement!.Digest.ShouldBe(AgreementDigest.Of(Encoding.UTF8.GetBytes(good)));
        AgreementStatus status = store.Current.Documents.ShouldHaveSingleItem();
        status.Faults.ShouldContain(f => f.Code == code && !f.IsWarning && f.Remedy.Contains("version 4", StringComparison.Ordinal));
        status.IsAlarm.ShouldBeTrue();
    }

    [Fact]
    public void Find_SoundDocumentThatNobodyVouchesFor_SaysWhatIsMissing()
    {
        Write("a.yaml", AgreementTexts.Full);
        Tunduk.Adapter.Filtering.PolicyRefusal refusal = Find(Open(AgreementProof.PinnedOrSigned)).Refusal!;
        refusal.Code.ShouldBe("agreement_invalid");
        refusal.Found.ShouldContain("nobody vouches for");
        refusal.Remedy.ShouldContain("Documents:PinnedAgreements");
    }

    [Fact]
    public void Find_SlaWithAnEndOfItsBasis_IsNoEndedConsent()
    {
        Write("a.yaml", AgreementTexts.Full.Replace("kind: sla", "kind: sla, until: 2026-06-01"));
        Find(Open()).Refusal!.Code.ShouldBe("agreement_expired");
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(Folder, file), text);

    private AgreementStore Open(AgreementProof proof = AgreementProof.Folder, params AgreementDigest[] pins)
    {
        AgreementStore store = new(new AgreementStoreOptions { Folder = Folder, StateFolder = Path.Combine(root, "state"), Proof = proof, Pins = pins.ToHashSet() }, null, TimeProvider.System);
        store.Reload();
        return store;
    }
}
