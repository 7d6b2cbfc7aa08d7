using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Tunduk.Evidence.Tests;

/// <summary>Runs a Node judge of tests/judges with the packages tests/install brought for it.</summary>
internal static class NodeJudge
{
    /// <summary>Gives the judge a job and reads its answer.</summary>
    /// <exception cref="InvalidOperationException">The judge failed; its words are the message.</exception>
    public static JsonObject Run(string judge, JsonObject job)
    {
        var start = new ProcessStartInfo("/usr/bin/node")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(Repository.Root, "tests/judges", judge, "judge.cjs"), Path.Combine(Repository.Root, "tests/.tools", judge, "node_modules") },
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(job.ToJsonString());
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonNode.Parse(output)!.AsObject()
            : throw new InvalidOperationException(error.GetAwaiter().GetResult());
    }
}
