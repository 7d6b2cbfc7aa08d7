using System.CommandLine;
using System.Runtime.InteropServices;
using Tunduk.Adapter.Cli;

namespace Tunduk.Adapter.Sandbox;

/// <summary><c>sandbox</c>: the whole world on one machine.</summary>
internal static class SandboxCommand
{
    public const string Name = "sandbox";

    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "Run the demonstration, print each stage with its outcome, verify the archives offline, and exit." };
        var data = new Option<string>("--data") { Description = "Folder of the sandbox's keys, archives and configuration.", DefaultValueFactory = _ => "sandbox-data" };
        var contract = new Option<string?>("--contract") { Description = "WSDL or OpenAPI file to serve as well: every operation of it, answered with invented data that its schema allows." };
        var part = new Option<string?>("--part") { Description = "Run one part as a process of its own: authority, security-servers or register.", Hidden = true };
        var providerSoap = new Option<string?>("--provider-soap") { Description = "With --part security-servers: where the provider adapter takes SOAP.", Hidden = true };
        var contracts = new Option<string?>("--contracts") { Description = "With --part security-servers: folder with the WSDL files getWsdl hands out.", Hidden = true };
        var port = new Option<int>("--port") { Description = "With --part: first port; 0 takes free ones.", Hidden = true };
        var command = new Command(Name, "A development authority, two simulated security servers, a demonstration register and two adapters.") { once, data, contract, part, providerSoap, contracts, port };
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(part) is { } name
            ? RunPartAsync(name, parsed.GetValue(data)!, parsed.GetValue(providerSoap), parsed.GetValue(contracts), parsed.GetValue(port), cancellationToken)
            : RunAsync(parsed.GetValue(data)!, parsed.GetValue(contract), parsed.GetValue(once), cancellationToken));
        return command;
    }

    private static async Task<int> RunPartAsync(string part, string data, string? providerSoap, string? contracts, int port, CancellationToken cancellationToken)
    {
        using var stop = StopOnSignal(cancellationToken, out var registration);
        using (registration)
        {
            var options = new SandboxPartOptions { DataFolder = data, Port = port, ProviderSoap = providerSoap is null ? null : new Uri(providerSoap), Contracts = contracts };
            return await new SandboxParts(TimeProvider.System, Console.Out).RunPartAsync(part, options, stop.Token)
                ? Output.Ok
                : Output.Wrong($"there is no part {part}");
        }
    }

    private static async Task<int> RunAsync(string data, string? file, bool once, CancellationToken cancellationToken)
    {
        var unusable = "";
        var contract = file is null ? null : SandboxContract.Read(file, out unusable);
        if (file is not null && contract is null)
        {
            return Output.Wrong(unusable);
        }

        using var stop = StopOnSignal(cancellationToken, out var registration);
        using (registration)
        {
            var (world, faults) = await SandboxWorld.StartAsync(data, contract, quiet: once, TimeProvider.System, stop.Token);
            if (world is null)
            {
                Console.Error.WriteLine("The sandbox does not start:");
                foreach (var fault in faults)
                {
                    Console.Error.WriteLine($"  {fault}");
                }

                return Output.NotOk;
            }

            if (once)
            {
                return await SandboxDemonstration.RunAsync(world, stop.Token);
            }

            await using (world)
            {
                Explain(world);
                await SandboxWait.ForeverAsync(stop.Token);
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
                await world.Consumer.StopAsync(deadline.Token);
                await world.Provider.StopAsync(deadline.Token);
            }

            return Output.Ok;
        }
    }

    private static void Explain(SandboxWorld world)
    {
        var pin = world.Register.Persons[0].Pin;
        Output.Line();
        Output.Line("The sandbox is up. All persons, numbers and parties are invented. Ask for a person:");
        Output.Line();
        Output.Line(CurlLine(world, pin));
        Output.Line();
        if (world.Folders.WithPersons)
        {
            Output.Line("The same person by REST, as an existing X-Road client asks:");
            Output.Line();
            Output.Line($"curl -s {new Uri(world.Consumer.IsAddress!, $"r1/{SandboxNames.Persons}/{pin}")} {Key(world)} -H 'X-Road-Client: {SandboxNames.Consumer}' {Basis}");
            Output.Line();
        }

        Output.Line($"  consumer adapter   IS {world.Consumer.IsAddress}  admin {world.Consumer.AdminAddress}  ({world.Folders.ConsumerConfiguration})");
        Output.Line($"  provider adapter   security server {world.Provider.SecurityServerAddress}  admin {world.Provider.AdminAddress}  ({world.Folders.ProviderConfiguration})");
        Output.Line($"  security servers   consumer {world.SecurityServers.Consumer.Address}  provider {world.SecurityServers.Provider.Address}  faults on demand {world.SecurityServers.Control.Address}");
        Output.Line($"  register           {world.Register.Address}  ({world.Register.Persons.Count} invented persons)");
        Output.Line();
        if (world.Folders.Contract is { } contract && contract.Services.SelectMany(service => service.Addresses).ToList() is [var (first, _), ..] addresses)
        {
            Output.Line($"  contract           {contract.File}: {addresses.Count} operations, answered with invented data (names that look like test services need the key in test-api-key.txt); the first:");
            Output.Line();
            Output.Line($"curl -s {new Uri(world.Consumer.IsAddress!, first)}/example {Key(world)} | curl -s {new Uri(world.Consumer.IsAddress!, first)} {Key(world)} {Headers} -d @-");
            Output.Line();
        }

        Output.Line($"Check both archives:  tunduk-adapter verify {world.Data}");
        Output.Line("Stop with Ctrl+C.");
    }

    private const string Basis = "-H 'X-Road-UserId: KG20000000000001' -H 'X-Road-Issue: loan-scoring application 2026-00017'";
    private const string Headers = "-H 'Content-Type: application/json' " + Basis;

    private static string Key(SandboxWorld world) => $"-H 'Authorization: Bearer {world.Folders.ApiKey}'";

    private static string CurlLine(SandboxWorld world, string pin) =>
        $"curl -s {new Uri(world.Consumer.IsAddress!, "v1/services/getPerson")} {Key(world)} {Headers} -d '{{\"request\":{{\"pin\":\"{pin}\"}}}}'";

    private static CancellationTokenSource StopOnSignal(CancellationToken cancellationToken, out IDisposable registration)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        return stop;
    }
}
