using System.CommandLine;
using System.Diagnostics;
using System.Net.Sockets;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Signing;

namespace Tunduk.Adapter.Cli;

/// <summary><c>doctor</c>: looks at everything an adapter needs, changes nothing, and says what to do.</summary>
internal static class DoctorCommand
{
    private static readonly int[] Horizons = [1, 7, 14, 30];

    public static Command Create()
    {
        var config = Commands.ConfigOption();
        var json = Commands.JsonOption();
        var command = new Command("doctor", "Check configuration, keys, certificates, contracts, agreements, folders and neighbours.") { config, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var findings = await ExamineAsync(parsed.GetValue(config)!, cancellationToken);
            if (parsed.GetValue(json))
            {
                Output.Json(findings);
            }
            else
            {
                foreach (var finding in findings)
                {
                    Output.Line($"{finding.Severity,-7} {finding.Subject}: {finding.Fault}{(finding.Remedy is null ? "" : ". " + finding.Remedy)}");
                }
            }

            return findings.Any(finding => finding.Severity == "fault") ? Output.NotOk : Output.Ok;
        });
        return command;
    }

    private static async Task<List<Finding>> ExamineAsync(string file, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var faults = new List<SettingFault>(AdapterConfiguration.Load(file, out var configuration));
        if (configuration is null)
        {
            return [.. faults.Select(Finding.Of)];
        }

        var options = configuration.Options;
        findings.AddRange(AdapterHealth.Permissive(options).Select(warning => new Finding("warning", "setting", warning, null)));
        using (var keys = SigningKeys.Load(options, configuration.Resolve, faults))
        {
            findings.AddRange((keys?.All ?? []).Select(key => Expiry($"key {key.Name}", key.Certificate.NotBefore, key.Certificate.NotAfter)));
        }

        var contracts = ContractStore.Load(options, configuration.Resolve(options.Documents.Contracts), faults);
        Agreements(configuration, contracts, findings);
        findings.AddRange(faults.Select(Finding.Of));
        Folders(configuration, findings);
        if (options.SecurityServer.Address.Length > 0)
        {
            findings.Add(await ReachAsync("security server", new Uri(options.SecurityServer.Address), options.SecurityServer.ConnectTimeout, cancellationToken));
        }

        foreach (var (name, service) in options.Provides)
        {
            findings.Add(await ReachAsync($"information system of {name}", new Uri(service.Upstream), TimeSpan.FromSeconds(5), cancellationToken));
        }

        return findings;
    }

    private static void Agreements(AdapterConfiguration configuration, ContractStore contracts, List<Finding> findings)
    {
        var folder = configuration.Resolve(configuration.Options.Documents.Agreements);
        if (!Directory.Exists(folder))
        {
            findings.Add(new Finding("fault", "agreements", $"there is no folder {configuration.Options.Documents.Agreements}", "Make it; without agreements nothing is exchanged"));
            return;
        }

        var reader = new AgreementReader(contracts.FieldsOf);
        var pins = configuration.Options.Documents.PinnedAgreements.Select(pin => pin.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            var document = File.ReadAllBytes(file);
            var name = $"agreement {Path.GetFileName(file)}";
            var reading = reader.Read(Path.GetFileName(file), document);
            findings.AddRange(reading.Faults.Select(fault => new Finding(fault.IsWarning ? "warning" : "fault", name, fault.ToString(), null)));
            var digest = AgreementDigest.Of(document).ToString();
            if (!pins.Contains(digest) && !File.Exists(file + ".sig") && !configuration.Options.Documents.AllowUnsignedAgreements)
            {
                findings.Add(new Finding("warning", name, "it is neither pinned nor signed and does not come into force", $"Pin sha256 {digest} in Documents:PinnedAgreements, or have it signed"));
            }

            if (reading.Agreement is { } agreement)
            {
                findings.Add(Expiry(name, agreement.Valid.From.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), agreement.Valid.Until?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) ?? DateTime.MaxValue));
            }
        }
    }

    private static void Folders(AdapterConfiguration configuration, List<Finding> findings)
    {
        var archive = configuration.Options.Archive;
        foreach (var (name, path) in new[] { ("archive", archive.Folder), ("archive keys", archive.Keys), ("archive head", archive.Head) })
        {
            var folder = configuration.Resolve(path);
            if (!Directory.Exists(folder))
            {
                findings.Add(new Finding("ok", name, $"{path} is made at the first start", null));
                continue;
            }

            var drive = new DriveInfo(folder);
            findings.Add(drive.AvailableFreeSpace < 1L << 30
                ? new Finding("warning", name, $"{drive.AvailableFreeSpace >> 20} MiB are free", "Make room: below 64 MiB exchanges are refused")
                : new Finding("ok", name, $"{drive.AvailableFreeSpace >> 30} GiB are free", null));
        }

        if (Directory.Exists(configuration.Resolve(archive.Folder)) && Directory.Exists(configuration.Resolve(archive.Head))
            && new DriveInfo(configuration.Resolve(archive.Folder)).Name == new DriveInfo(configuration.Resolve(archive.Head)).Name)
        {
            findings.Add(new Finding("warning", "archive head", "it lies on the archive's volume", "Put it on another: who restores one then does not restore both"));
        }
    }

    private static Finding Expiry(string subject, DateTime from, DateTime until)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var left = (until.ToUniversalTime() - now).TotalDays;
        if (now < from.ToUniversalTime())
        {
            return new Finding("warning", subject, $"it is valid from {from:yyyy-MM-dd} only", "Wait, or correct the date");
        }

        if (left < 0)
        {
            return new Finding("fault", subject, $"it expired on {until:yyyy-MM-dd}", "Renew it");
        }

        return Horizons.FirstOrDefault(days => left < days) is > 0 and var horizon
            ? new Finding("warning", subject, $"it expires within {horizon} days, on {until:yyyy-MM-dd}", "Renew it now")
            : new Finding("ok", subject, until == DateTime.MaxValue ? "it has no end" : $"valid until {until:yyyy-MM-dd}", null);
    }

    private static async Task<Finding> ReachAsync(string subject, Uri address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        using var client = new TcpClient();
        var started = Stopwatch.GetTimestamp();
        try
        {
            await client.ConnectAsync(address.Host, address.Port, deadline.Token);
            return new Finding("ok", subject, $"{address.Host}:{address.Port} takes connections ({Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms)", null);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            var why = exception is SocketException socket ? socket.SocketErrorCode.ToString() : $"no connection within {timeout.TotalSeconds:0} s";
            return new Finding("fault", subject, $"{address.Host}:{address.Port} cannot be reached: {why}", "Check address, network and firewall");
        }
    }

    private sealed record Finding(string Severity, string Subject, string Fault, string? Remedy)
    {
        public static Finding Of(SettingFault fault) => new("fault", fault.Setting, fault.Fault, fault.Remedy);
    }
}
