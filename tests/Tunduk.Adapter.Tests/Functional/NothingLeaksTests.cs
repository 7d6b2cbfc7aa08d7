using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox.SecurityServers;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>Issue "main job" point 7 and ARCHITECTURE "Interfaces to the outside": no log holds a value, at any level.</summary>
public sealed class NothingLeaksTests
{
    [Fact]
    public async Task Logs_AfterEveryKindOfOutcomeAtTheMostTalkativeLevel_HoldNoValueNoKeyAndNoBasis()
    {
        var verbose = (JsonObject options) => { ((JsonObject)options["Telemetry"]!)["LogLevel"] = "Verbose"; };
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = verbose, Provider = verbose });
        var pin = TestPersons.Somebody.Pin;

        (await world.AskAsync()).Status.ShouldBe(200);
        await world.AskAsync("getVehicles");
        await world.AskAsync("nobody-" + pin);
        await world.AskAsync(content: TestWorld.Json($"{{\"request\":{{\"pin\":\"{pin}\",\"pin\":\"{pin}\"}}}}"));
        await world.AskAsync(content: TestWorld.Json($"{{\"request\":{{\"pin\":\"{pin}"));
        await world.AskAsync(content: TestWorld.Json($"{{\"request\":{{\"pin\":\"x{pin}\"}}}}"));
        await world.AskAsync(headers: new Dictionary<string, string?> { ["X-Road-Client"] = pin });
        await world.AskAsync(headers: new Dictionary<string, string?> { ["Authorization"] = "Bearer wrong-" + pin });
        await world.AskAsync(headers: new Dictionary<string, string?> { ["X-Road-Represented-Party"] = pin });
        foreach (var kind in new[] { SecurityServerFaultKind.ForgedResponse, SecurityServerFaultKind.WrongEcho, SecurityServerFaultKind.HalfAnswer, SecurityServerFaultKind.CloseAfterForward })
        {
            world.SecurityServers.Consumer.Faults.Add(new SecurityServerFault(kind) { Times = 1 });
            (await world.AskAsync()).Status.ShouldBeGreaterThanOrEqualTo(400);
        }

        foreach (var answer in new[] { $"{{\"response\":{{\"pin\":\"{pin}\",\"surname\":", $"{{\"response\":{{\"pin\":\"{pin}\",\"surname\":7}}}}", "{}" })
        {
            world.InformationSystem.Misbehave = InformationSystemDouble.Answering(answer);
            (await world.AskAsync()).Status.ShouldBeGreaterThanOrEqualTo(400);
        }

        await world.PostSoapAsync(Envelopes.Bytes($"<a>{pin}</b>"));
        await world.PostSoapAsync(Envelopes.Bytes(Envelopes.UnsignedText(body: $"<p{pin}/>")));
        await world.PostSoapAsync(await Envelopes.SignedAsync(body: Envelopes.GetPerson("x" + pin)));

        var log = await world.StopAndReadLogsAsync();

        log.ShouldContain("Ready. Log", Case.Sensitive, "the log was written");
        TestPersons.ShouldHoldNoValue(log, "the log");
        log.ShouldNotContain(TestPersons.UserId);
        log.ShouldNotContain(TestPersons.Issue);
        log.ShouldNotContain(world.Folders.ApiKey);
        log.ShouldNotContain(world.Folders.AuditorKey);
        log.ShouldNotContain("PRIVATE KEY");
    }
}
