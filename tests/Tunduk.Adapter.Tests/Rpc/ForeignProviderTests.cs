using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.Conventions;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Rpc;

/// <summary>Information systems written with other people's gRPC libraries implement <c>Provider</c> and are asked by the adapter.</summary>
public sealed class ForeignProviderTests
{
    private static readonly string Judges = Path.Combine(Repository.Root, "tests", "judges", "adapter-grpc");

    [Theory]
    [InlineData("python", "Json")]
    [InlineData("python", "Struct")]
    [InlineData("python", "Xml")]
    [InlineData("node", "Json")]
    [InlineData("node", "Struct")]
    [InlineData("node", "Xml")]
    public async Task Answer_ProviderOfAnotherLibrary_IsAskedAnswersAndRefuses(string language, string form)
    {
        using var system = await ForeignSystem.StartAsync(language);
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Provider = json =>
            {
                var service = (JsonObject)json["Provides"]!["getPerson"]!;
                service["Upstream"] = $"http://127.0.0.1:{system.Port}";
                service["Protocol"] = "grpc";
                service["Body"] = form;
            },
        });

        var reply = await world.AskAsync();

        reply.Status.ShouldBe(200, reply.Text + system.Errors);
        reply.Json.GetProperty("response").GetProperty("surname").GetString().ShouldBe(TestPersons.Somebody.Surname);
        var told = (await system.NextAsync()).Split(' ');
        told[..4].ShouldBe([form.ToLowerInvariant(), "sandbox/GOV/70009001/registry/getPerson/v1", "sandbox/COM/60009001/loans", TestPersons.UserId]);
        RecordId.TryParse(told[4], out _).ShouldBeTrue(told[4]);
        told[5].ShouldBe("deadline", "the information system is told how long anybody waits");

        var fault = await world.RefusedAsync("provider_fault", "forward", headers: new Dictionary<string, string?> { ["X-Road-Issue"] = "loan-scoring nobody 17" });
        fault.Found.ShouldNotBeNull().ShouldContain("Client.PIN_NOT_FOUND", Case.Sensitive, "a status with a reason is a fault of the service's own");

        await world.RefusedAsync("provider_fault", "forward", headers: new Dictionary<string, string?> { ["X-Road-Issue"] = "loan-scoring busy 17" });
        (await TestWorld.FindAsync(world.Provider, code: "information_system_failed")).ShouldHaveSingleItem().Entry.Kind.ShouldBe(EntryKind.OutcomeUnknown, "UNAVAILABLE does not say that nothing was done");
    }

    private sealed class ForeignSystem : IDisposable
    {
        private readonly Process process = new();

        public int Port { get; private set; }

        public string Errors { get; private set; } = "";

        public static async Task<ForeignSystem> StartAsync(string language)
        {
            var system = new ForeignSystem();
            string[] arguments = [Path.Combine(Repository.Root, "proto"), Encoding.UTF8.GetString(ProviderService.Person()), Envelopes.GetPersonResponse()];
            string[] program = language == "python"
                ? ["PYTHONDONTWRITEBYTECODE=1", "/usr/bin/python3", Path.Combine(Judges, "provider.py")]
                : ["NODE_PATH=" + Path.Combine(Repository.Root, "tests", ".tools", "grpc", "node_modules"), "node", Path.Combine(Judges, "provider.js")];
            system.process.StartInfo = new ProcessStartInfo("/usr/bin/env", [.. program, .. arguments]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            system.process.ErrorDataReceived += (_, line) => system.Errors += line.Data + "\n";
            system.process.Start();
            system.process.BeginErrorReadLine();
            var first = await system.process.StandardOutput.ReadLineAsync().WaitAsync(Wait.Longest);
            system.Port = int.TryParse(first, out var port) ? port : throw new InvalidOperationException(first + system.Errors);
            return system;
        }

        public async Task<string> NextAsync() => (await process.StandardOutput.ReadLineAsync().WaitAsync(Wait.Longest)).ShouldNotBeNull(Errors);

        public void Dispose()
        {
            process.StandardInput.Close();
            process.WaitForExit((int)Wait.Longest.TotalMilliseconds).ShouldBeTrue("it ends with its input");
            process.Dispose();
        }
    }
}
