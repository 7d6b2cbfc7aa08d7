using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Archive;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;

namespace Tunduk.Benchmarks.Archive;

/// <summary>A bundle of records made and verified, per second.</summary>
internal static class BundleRun
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    /// <summary>Appends so many records and bundles them.</summary>
    public static async Task<(double Made, double Verified)> MeasureAsync(IArchive archive, BundleSigner signer, string root, int count)
    {
        const int Together = 500;
        long first = archive.Status.Size;
        for (int i = 0; i < count; i += 2 * Together)
        {
            await Task.WhenAll(Enumerable.Range(i, Together).Select(async n =>
            {
                AppendResult result = await archive.AppendAsync(Drafts.Request(n, 0) with { Parts = [] }, default);
                await archive.AppendAsync(Drafts.Response(n, 0, result.Record!.Value) with { Parts = [] }, default);
            }));
        }

        SignedCheckpoint checkpoint = await archive.CheckpointAsync(default);
        RecordId[] records = [.. Enumerable.Range(0, count).Select(i => new RecordId(archive.Log, first + i))];
        using MemoryStream output = new();
        long begin = Stopwatch.GetTimestamp();
        using (BundleWriter writer = new(output, root, new Dictionary<LogId, SignedCheckpoint> { [archive.Log] = checkpoint }, Now))
        {
            await foreach (RecordDisclosure disclosed in archive.DiscloseAsync(records, checkpoint, default))
            {
                writer.Add(
                    new BundledRecord
                    {
                        Record = disclosed.Record.ToString(),
                        Leaf = disclosed.Leaf.ToArray(),
                        Proof = [.. disclosed.Proof.Select(static hash => hash.ToArray())],
                        Sealed = "complete",
                        Leaves = disclosed.Leaves.Count == 0 ? null : [.. disclosed.Leaves.Select(static leaf => leaf.Salt.IsEmpty ? new BundledLeaf { Hash = leaf.Hash.ToArray() } : new BundledLeaf
                        {
                            Hash = leaf.Hash.ToArray(), Salt = leaf.Salt.ToArray(), Path = leaf.Path, Type = leaf.Type, Presence = leaf.Presence, Value = leaf.Value.ToArray(),
                        })],
                    },
                    []);
            }

            writer.Add(new BundledEvidence(BundledEvidence.Certificate, signer.Certificate.RawData));
            await writer.CompleteAsync(
                new BundleManifest
                {
                    Format = "",
                    Made = default,
                    Proves = "included",
                    Depth = "full",
                    Reader = "bench",
                    Access = records[0].ToString(),
                    Records = 0,
                    Files = [],
                    Salt = [],
                    Logs = [new BundledLog { Log = archive.Log.ToString(), Origin = checkpoint.Origin, Size = checkpoint.Size, Records = 0 }],
                },
                [], signer, default);
        }

        double made = count / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        begin = Stopwatch.GetTimestamp();
        BundleReport report = BundleVerifier.Verify(output, new BundleCheckOptions { Now = Now }, default);
        return report.FindingCount == 0 && report.Records == count ? (made, count / Stopwatch.GetElapsedTime(begin).TotalSeconds) : throw new InvalidOperationException(report.ToText());
    }
}
