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
    public static async Task<(double Made, double Verified)> MeasureAsync(IArchive archive, string root, int count)
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

        using Signer signer = new();
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

    private sealed class Signer : IMessageSigner, IDisposable
    {
        private readonly RSA key = RSA.Create(2048);

        public Signer() => Certificate = new CertificateRequest("CN=bench", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(10));

        public SignatureAlgorithm Algorithm => SignatureAlgorithm.RsaSha256;

        public X509Certificate2 Certificate { get; }

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => new(key.SignData(data.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        public void Dispose()
        {
            Certificate.Dispose();
            key.Dispose();
        }
    }
}
