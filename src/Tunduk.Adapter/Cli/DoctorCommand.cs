using System.CommandLine;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Doctor;

namespace Tunduk.Adapter.Cli;

/// <summary><c>doctor</c>: looks at everything an adapter needs, changes nothing, and says what to do.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var config = Commands.ConfigOption();
        var json = Commands.JsonOption();
        var command = new Command("doctor", Phrases.Of("Cli.CheckConfigurationKeysCertificates")) { config, json };
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
                    Output.Line($"{finding.Severity.ToString().ToLowerInvariant(),-7} {finding}");
                }
            }

            return findings.Any(finding => finding.Severity == DoctorSeverity.Fault) ? Output.NotOk : Output.Ok;
        });
        return command;
    }

    private static async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(string file, CancellationToken cancellationToken)
    {
        var faults = AdapterConfiguration.Load(file, out var configuration);
        return configuration is null
            ? [.. faults.Select(DoctorFinding.Of)]
            : await Examination.RunAsync(configuration, TimeProvider.System, cancellationToken);
    }
}
