using Tunduk.Evidence.Bundles;

namespace Tunduk.Adapter.Cli;

/// <summary><c>verify BUNDLE</c>: what <c>tunduk-verify</c> does, by the same code.</summary>
internal static class BundleVerification
{
    /// <summary>A file that is no configuration, which begins with a brace or a comment: of an empty or spoiled bundle a bundle's faults are told.</summary>
    public static bool IsBundle(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var text = new StreamReader(path);
        int first;
        do
        {
            first = text.Read();
        }
        while (first >= 0 && char.IsWhiteSpace((char)first));
        return first is not ('{' or '/');
    }

    public static int Run(string path, string? trustFile, IReadOnlyList<string> against, bool json, CancellationToken cancellationToken)
    {
        BundleTrust? trust = null;
        if (trustFile is not null)
        {
            trust = File.Exists(trustFile) ? BundleTrust.Read(File.ReadAllBytes(trustFile), out var faults) : BundleTrust.Read("{}"u8, out faults);
            if (trust is null)
            {
                return Output.Wrong(File.Exists(trustFile) ? Phrases.Of("Cli.Trust", string.Join("; ", faults)) : Phrases.Of("Cli.TrustNoFile", trustFile));
            }
        }

        var given = new List<GivenHistory>();
        foreach (var file in against)
        {
            using var content = File.Exists(file) ? File.OpenRead(file) : null;
            var fault = Phrases.Of("Cli.NoSuchFile");
            if (content is null || GivenHistory.Read(content, Path.GetFileName(file), out fault, cancellationToken) is not { Malformed: 0 } history)
            {
                return Output.Wrong(Phrases.Of("Cli.Against", file, fault ?? Phrases.Of("Cli.CheckpointDoesNotParse")));
            }

            given.Add(history);
        }

        using var stream = File.OpenRead(path);
        var report = BundleVerifier.Verify(stream, new BundleCheckOptions { Now = TimeProvider.System.GetUtcNow(), Trust = trust, Against = [.. given.SelectMany(history => history.Notes)], Seen = [.. given.SelectMany(history => history.Seen)] }, cancellationToken);
        if (json)
        {
            Output.Json(report);
        }
        else
        {
            Output.Line(report.ToText().TrimEnd('\n'));
        }

        return report.Ok ? Output.Ok : Output.NotOk;
    }
}
