using System.CommandLine;
using Tunduk.Adapter;
using Tunduk.Adapter.Cli;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Sandbox;

ProcessFileMode.Enforce();
if (OperatingSystem.IsLinux() && args is [TokenHelper.Command])
{
    TokenHelper.Run();
}

var root = new RootCommand(Phrases.Of("Adapter.AdapterBetweenInformationSystem"));
foreach (var command in Commands.All())
{
    root.Subcommands.Add(command);
}

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    return Output.WrongUse;
}

try
{
    // What serves others drains on SIGTERM; the library would end the process after 2 s.
    var serves = parsed.CommandResult.Command.Name is RunCommand.Name or SandboxCommand.Name;
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = serves ? RunCommand.Termination : TimeSpan.FromSeconds(2) });
}
catch (OperationCanceledException)
{
    return Output.Failed(Phrases.Of("Adapter.StoppedBeforeDone"));
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
{
    return Output.Failed(exception.Message);
}
