using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Cli;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Reading;

/// <summary>The same look as a request of the listener, said on the command line.</summary>
internal static class CommandLook
{
    /// <summary>Arguments of the command; null where the command line cannot say it: a member that nobody knows, a nonce that it makes itself.</summary>
    public static IReadOnlyList<string>? Arguments(string path, JsonObject request, TemporaryFolder folder)
    {
        var parts = path.Split('/');
        List<string> said = parts[0] switch
        {
            "search" => ["archive", "search"],
            "records" => ["archive", "show", parts[1]],
            "explain" => ["explain", parts[1]],
            "export" => ["archive", "export", "--out", folder["a.bundle"]],
            "hold" => ["archive", "hold"],
            "erase" => ["archive", "erase"],
            "purge" => ["archive", "purge"],
            _ => [],
        };
        if (said.Count == 0 || (parts[0] != "search" && request["limit"] is not null) || (request["approval"] is null && request["nonce"] is { } nonce && nonce.ToString().Length < 16) || (parts[0] == "erase" && request["ground"] is null))
        {
            return null;
        }

        foreach (var (name, value) in request)
        {
            switch (name)
            {
                case "person":
                    said.AddRange(["--person", $"{value!["kind"]}:{value["value"]}"]);
                    break;
                case "approval":
                    ApprovalFile.Write(folder["approval"], new ApprovalFile
                    {
                        Asked = "",
                        Request = "",
                        Nonce = request["nonce"]!.ToString(),
                        Statement = value!["statement"]!.ToString(),
                        Signature = Convert.FromBase64String(value["signature"]!.ToString()),
                    });
                    said.AddRange(["--approval", folder["approval"]]);
                    break;
                case "nonce" when request["approval"] is null:
                    said.AddRange(["--approval-request", folder["asked"]]);
                    break;
                case "nonce":
                    break;
                case "records" or "fields":
                    said.AddRange(value!.AsArray().SelectMany(item => new[] { name == "records" ? "--record" : "--field", item!.ToString() }));
                    break;
                case "all" or "execute":
                    said.AddRange(value!.GetValue<bool>() ? ["--" + name] : []);
                    break;
                case "purpose" or "case" or "grant" or "depth" or "basis" or "counterparty" or "own" or "service" or "stage" or "outcome" or "removed" or "signature" or "agreement"
                    or "role" or "kind" or "from" or "until" or "limit" or "after" or "release" or "record" or "ground":
                    said.AddRange(["--" + name, value!.ToString()]);
                    break;
                case "userId":
                    said.AddRange(["--user", value!.ToString()]);
                    break;
                case "messageId":
                    said.AddRange(["--message-id", value!.ToString()]);
                    break;
                default:
                    return null;
            }
        }

        return said;
    }

    /// <summary>Runs a command in this process.</summary>
    public static async Task<(int Code, string Output)> RunAsync(IReadOnlyList<string> arguments)
    {
        var root = new RootCommand();
        foreach (var command in Commands.All())
        {
            root.Subcommands.Add(command);
        }

        var parsed = root.Parse(arguments);
        parsed.Errors.ShouldBeEmpty();
        using var output = new StringWriter();
        Output.To(output);
        return (await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }), output.ToString());
    }

    /// <summary>The code a command was refused with.</summary>
    public static string? CodeOf(string output) => output.Contains("A second person must approve this", StringComparison.Ordinal)
        ? "approval_missing"
        : JsonDocument.Parse(output).RootElement.GetProperty("code").GetString();
}
