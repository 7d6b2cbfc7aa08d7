using System.CommandLine;
using Tunduk.Adapter.Cli;

namespace Tunduk.Adapter.Sandbox;

/// <summary><c>sandbox</c>: the whole world on one machine.</summary>
internal static class SandboxCommand
{
    public const string Name = "sandbox";

    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = Phrases.Of("Sandbox.RunDemonstrationPrintEach") };
        var data = new Option<string>("--data") { Description = Phrases.Of("Sandbox.FolderSandboxKeysArchives"), DefaultValueFactory = _ => "sandbox-data" };
        var contract = new Option<string?>("--contract") { Description = Phrases.Of("Sandbox.WsdlOpenAPIFileServe") };
        var part = new Option<string?>("--part") { Description = Phrases.Of("Sandbox.RunPartProcessOwn"), Hidden = true };
        var providerSoap = new Option<string?>("--provider-soap") { Description = Phrases.Of("Sandbox.PartSecurityServersWhere"), Hidden = true };
        var contracts = new Option<string?>("--contracts") { Description = Phrases.Of("Sandbox.PartSecurityServersFolder"), Hidden = true };
        var port = new Option<int>("--port") { Description = Phrases.Of("Sandbox.PartFirstPort0"), Hidden = true };
        var command = new Command(Name, Phrases.Of("Sandbox.DevelopmentAuthorityTwoSimulated")) { once, data, contract, part, providerSoap, contracts, port };
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(part) is { } name
            ? RunPartAsync(name, parsed.GetValue(data)!, parsed.GetValue(providerSoap), parsed.GetValue(contracts), parsed.GetValue(port), cancellationToken)
            : RunAsync(parsed.GetValue(data)!, parsed.GetValue(contract), parsed.GetValue(once), cancellationToken));
        return command;
    }

    private static async Task<int> RunPartAsync(string part, string data, string? providerSoap, string? contracts, int port, CancellationToken cancellationToken)
    {
        using var stop = new StopSignals(cancellationToken);
        var options = new SandboxPartOptions { DataFolder = data, Port = port, ProviderSoap = providerSoap is null ? null : new Uri(providerSoap), Contracts = contracts };
        return await new SandboxParts(TimeProvider.System, Console.Out).RunPartAsync(part, options, stop.Token)
            ? Output.Ok
            : Output.Wrong(Phrases.Of("Sandbox.NoPart", part));
    }

    private static async Task<int> RunAsync(string data, string? file, bool once, CancellationToken cancellationToken)
    {
        var unusable = "";
        var contract = file is null ? null : SandboxContract.Read(file, out unusable);
        if (file is not null && contract is null)
        {
            return Output.Wrong(unusable);
        }

        using var stop = new StopSignals(cancellationToken);
        var (world, faults) = await SandboxWorld.StartAsync(data, contract, quiet: once, TimeProvider.System, stop.Token);
        if (world is null)
        {
            Console.Error.WriteLine(Phrases.Of("Sandbox.SandboxDoesNotStart"));
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

    private static void Explain(SandboxWorld world)
    {
        var pin = world.Register.Persons[0].Pin;
        Output.Line();
        Output.Line(Phrases.Of("Sandbox.SandboxUpAllPersons"));
        Output.Line();
        Output.Line(CurlLine(world, pin));
        Output.Line();
        if (world.Folders.WithPersons)
        {
            Output.Line(Phrases.Of("Sandbox.SamePersonRestExisting"));
            Output.Line();
            Output.Line($"curl -s {new Uri(world.Consumer.IsAddress!, $"r1/{SandboxNames.Persons}/{pin}")} {Key(world)} -H 'X-Road-Client: {SandboxNames.Consumer}' {Basis}");
            Output.Line();
        }

        Output.Line(Phrases.Of("Sandbox.ConsumerAdapterAdmin", world.Consumer.IsAddress, world.Consumer.AdminAddress, world.Folders.ConsumerConfiguration));
        Output.Line(Phrases.Of("Sandbox.ProviderAdapterSecurityServer", world.Provider.SecurityServerAddress, world.Provider.AdminAddress, world.Folders.ProviderConfiguration));
        Output.Line(Phrases.Of("Sandbox.SecurityServersConsumerProvider", world.SecurityServers.Consumer.Address, world.SecurityServers.Provider.Address, world.SecurityServers.Control.Address));
        Output.Line(Phrases.Of("Sandbox.RegisterInventedPersons", world.Register.Address, world.Register.Persons.Count));
        Output.Line();
        if (world.Folders.Contract is { } contract && contract.Services.SelectMany(service => service.Addresses).ToList() is [var (first, _), ..] addresses)
        {
            Output.Line(Phrases.Of("Sandbox.ContractOperationsAnsweredInvented", contract.File, addresses.Count));
            Output.Line();
            Output.Line($"curl -s {new Uri(world.Consumer.IsAddress!, first)}/example {Key(world)} | curl -s {new Uri(world.Consumer.IsAddress!, first)} {Key(world)} {Headers} -d @-");
            Output.Line();
        }

        Output.Line(Phrases.Of("Sandbox.CheckBothArchivesTunduk", world.Data));
        Output.Line(Phrases.Of("Sandbox.StopCtrlC"));
    }

    private const string Basis = "-H 'X-Road-UserId: KG20000000000001' -H 'X-Road-Issue: loan-scoring application 2026-00017'";
    private const string Headers = "-H 'Content-Type: application/json' " + Basis;

    private static string Key(SandboxWorld world) => $"-H 'Authorization: Bearer {world.Folders.ApiKey}'";

    private static string CurlLine(SandboxWorld world, string pin) =>
        $"curl -s {new Uri(world.Consumer.IsAddress!, "v1/services/getPerson")} {Key(world)} {Headers} -d '{{\"request\":{{\"pin\":\"{pin}\"}}}}'";
}
