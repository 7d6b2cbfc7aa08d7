using System.CommandLine;
using Tunduk.Adapter.Reading;
using Tunduk.Evidence.Bundles;

namespace Tunduk.Adapter.Cli;

/// <summary><c>archive trust</c>: the trust file the owner hands to an auditor, by another way than bundles take.</summary>
internal static class ArchiveTrustCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = Phrases.Of("Cli.FileWrite"), Required = true };
        var read = new ReadOptions();
        var command = new Command("trust", Phrases.Of("Cli.WriteTrustFileBundles")) { output };
        read.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (read.Open(parsed) is not { } access || read.Complete(parsed, new ArchiveAccess()) is not { } look)
            {
                return Output.WrongUse;
            }

            var file = Path.GetFullPath(parsed.GetValue(output)!);
            var (ok, answer) = await access.SaveAsync(
                "v1/archive/trust",
                look,
                file,
                async (desk, caller, stream) =>
                {
                    if ((await desk.TrustAsync(caller)).TryGet(out var trust, out var error))
                    {
                        await stream.WriteAsync(BundleTrust.Write(trust), cancellationToken);
                    }

                    return error;
                },
                cancellationToken);
            if (ok)
            {
                Output.Line(Phrases.Of("Cli.HandAuditorAnotherWay", file));
                return Output.Ok;
            }

            return read.Print(parsed, ok, answer, look, null, static problem => Output.Json(problem));
        });
        return command;
    }
}
