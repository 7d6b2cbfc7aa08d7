using System.Text;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Bundles;

namespace Tunduk.Adapter.Tests.Reading;

/// <summary>From an exchange to a bundle that a stranger checks with the trust file.</summary>
public sealed class ExportTests
{
    private const string Purpose = AuditWorld.Purpose;

    [Fact]
    public async Task Export_Search_VerifiesAgainstTheTrustFile()
    {
        await using var audit = await AuditWorld.StartAsync();
        await audit.ExchangeAsync();
        var bundle = await audit.ExportAsync(new { purpose = Purpose, person = new { kind = "pin", value = TestPersons.Somebody.Pin } });
        var report = audit.Verify(bundle, await audit.TrustAsync());
        report.Findings.ShouldBeEmpty();
        report.Ok.ShouldBeTrue();
        report.Records.ShouldBeGreaterThan(0);
        report.SignaturesVerified.ShouldBeGreaterThan(0);
        report.Manifest!.Reader.ShouldBe("auditor");
        audit.Verify(bundle, null).Ok.ShouldBeFalse();
    }

    [Fact]
    public async Task Export_Depths_HoldNoMoreThanTheGrant()
    {
        await using var audit = await AuditWorld.StartAsync();
        await audit.ExchangeAsync();
        var trust = await audit.TrustAsync();
        foreach (var depth in new[] { "metadata", "names", "masked" })
        {
            var bundle = await audit.ExportAsync(new { purpose = Purpose, depth });
            var report = audit.Verify(bundle, trust);
            report.Findings.ShouldBeEmpty(depth);
            (report.Values, report.SignaturesVerified).ShouldBe((0, 0), depth);
            report.SignaturesAttested.ShouldBe(2, depth);
            using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(bundle));
            foreach (var entry in zip.Entries)
            {
                using var reader = new StreamReader(entry.Open(), Encoding.Latin1);
                TestPersons.ShouldHoldNoValue(await reader.ReadToEndAsync(), $"{entry.FullName} at depth {depth}");
            }
        }
    }

    [Fact]
    public async Task Export_All_ProvesCompletenessAndContinuesAnEarlierBundle()
    {
        await using var audit = await AuditWorld.StartAsync();
        await audit.ExchangeAsync();
        var trust = await audit.TrustAsync();
        var first = await audit.ExportAsync(new { purpose = Purpose, all = true });
        audit.Verify(first, trust).Findings.ShouldBeEmpty();
        var known = BundleVerifier.CheckpointsOf(new MemoryStream(first))!;
        await audit.ExchangeAsync();
        var second = await audit.ExportAsync(new { purpose = Purpose, all = true, against = new[] { known[0].Size } });
        var report = BundleVerifier.Verify(new MemoryStream(second), new BundleCheckOptions { Now = audit.World.Clock.GetUtcNow(), Trust = trust, Against = known }, default);
        report.Findings.ShouldBeEmpty();
        report.Records.ShouldBe(report.Manifest!.Logs[0].Size);

        audit.Grant("services: [sandbox/GOV/70009001/registry/getPerson/v1]");
        await audit.RefusedAsync("grant_exceeded", "export", new { purpose = Purpose, all = true });
        await audit.RefusedAsync("query_invalid", "export", new { purpose = Purpose, records = new[] { "17" } });
    }
}
