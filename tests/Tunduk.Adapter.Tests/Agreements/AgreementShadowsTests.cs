using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Agreements;

/// <summary>The folder of shadow versions: read when it changes, granting nothing.</summary>
public sealed class AgreementShadowsTests : IDisposable
{
    private static readonly AgreementKey Key = new(AgreementTexts.Registry, AgreementTexts.Loans, AgreementTexts.GetPerson, AgreementRole.Provider);

    private readonly TemporaryFolder folder = new();
    private readonly AgreementShadows shadows;

    public AgreementShadowsTests() => shadows = new AgreementShadows(() => folder.Path, new AgreementReader());

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ReloadIfChanged_NoFolder_FindsNone()
    {
        shadows.ReloadIfChanged();
        shadows.TryFind(Key, out _, out _).ShouldBeFalse();
        shadows.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void ReloadIfChanged_NewVersion_IsFoundUntilItsFileIsGone()
    {
        string file = Write("v4.yaml", AgreementTexts.Full.Replace("version: 3", "version: 4").Replace("from: 2026-03-01, until: 2027-03-01 }\npurposes", "from: 2030-03-01, until: 2031-03-01 }\npurposes"));
        shadows.ReloadIfChanged();
        shadows.TryFind(Key, out Agreement? agreement, out AgreementService? service).ShouldBeTrue();
        (agreement.Version, service.Service).ShouldBe((4, AgreementTexts.GetPerson));
        File.Delete(file);
        shadows.ReloadIfChanged();
        shadows.TryFind(Key, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void ReloadIfChanged_BrokenOrDoubled_IsToldAndTheOthersStay()
    {
        Write("a.yaml", AgreementTexts.Full);
        Write("b.yaml", AgreementTexts.Full);
        Write("c.yaml", "role: boss");
        Write("d.yaml", new string('x', 2_000_000));
        shadows.ReloadIfChanged();
        shadows.Faults.Select(static f => (f.File, f.Code)).ShouldContain(("shadow/b.yaml", "agreement_conflict"));
        shadows.Faults.Select(static f => f.File).ShouldContain("shadow/c.yaml");
        shadows.Faults.ShouldContain(static f => f.Code == "document_too_large");
        shadows.TryFind(Key, out Agreement? agreement, out _).ShouldBeTrue();
        agreement.File.ShouldBe("shadow/a.yaml");
    }

    [Fact]
    public void Store_ShadowDocuments_NeverComeIntoForce()
    {
        Write("a.yaml", AgreementTexts.Full);
        AgreementStore store = new(new AgreementStoreOptions { Folder = folder.Path, StateFolder = folder["state"], Proof = AgreementProof.Folder }, null, TimeProvider.System);
        store.Reload();
        store.Current.Documents.ShouldBeEmpty();
    }

    private string Write(string name, string text)
    {
        string file = Path.Combine(Directory.CreateDirectory(folder[AgreementShadows.FolderName]).FullName, name);
        File.WriteAllText(file, text);
        return file;
    }
}
