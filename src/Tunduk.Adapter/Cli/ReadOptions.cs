using System.CommandLine;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Cli;

/// <summary>The options every reading command has.</summary>
internal sealed class ReadOptions
{
    private readonly Option<string> config = Commands.ConfigOption();
    private readonly Option<string> keyFile = new("--key-file") { Description = "File with the API key of an auditor.", Required = true };
    private readonly Option<string> purpose = new("--purpose") { Description = "What the look is for; it is archived.", Required = true };
    private readonly Option<string?> caseNumber = new("--case") { Description = "Number of the case, if there is one." };
    private readonly Option<bool> json = Commands.JsonOption();

    public void AddTo(Command command)
    {
        command.Options.Add(config);
        command.Options.Add(keyFile);
        command.Options.Add(purpose);
        command.Options.Add(caseNumber);
        command.Options.Add(json);
    }

    public bool Json(ParseResult parsed) => parsed.GetValue(json);

    public string Purpose(ParseResult parsed) => parsed.GetValue(purpose)!;

    public string? Case(ParseResult parsed) => parsed.GetValue(caseNumber);

    /// <summary>Opens the way to the archive; null after saying why not.</summary>
    public ArchiveAccessPoint? Open(ParseResult parsed)
    {
        var faults = AdapterConfiguration.Load(parsed.GetValue(config)!, out var configuration);
        if (configuration is null)
        {
            foreach (var fault in faults)
            {
                Console.Error.WriteLine(fault);
            }

            return null;
        }

        var file = parsed.GetValue(keyFile)!;
        if (!File.Exists(file))
        {
            Console.Error.WriteLine($"--key-file: there is no file {file}");
            return null;
        }

        return new ArchiveAccessPoint(configuration, File.ReadAllText(file).Trim());
    }
}
