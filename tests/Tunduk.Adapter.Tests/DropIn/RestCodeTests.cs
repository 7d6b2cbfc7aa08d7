using System.Text.Json.Nodes;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>Codes of REST services, the provider's as its counterparty's client sees them, in a world that a test may break.</summary>
public sealed class RestCodeTests
{
    private const string Persons = "/r1/" + DropInWorld.Persons;

    [Fact]
    [Provokes(ExchangeCodes.InformationSystemBroken, Faces.Rest)]
    [Provokes(ExchangeCodes.InformationSystemTimeout, Faces.Rest)]
    [Provokes(ExchangeCodes.ExecutedNotArchived, Faces.Rest)]
    [Provokes(ExchangeCodes.ServiceUnknown, Faces.Rest)]
    public async Task Ask_ProvidersSideFails_TheClientIsToldTheCode()
    {
        using var volume = SmallVolume.Mount();
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await StartAsync(upstream, text => text, options =>
        {
            ((JsonObject)options["Archive"]!)["Folder"] = Path.Combine(volume.Path, "archive");
            options["Limits"] = new JsonObject { ["ArchiveRetry"] = "00:00:00.2" };
        });
        (await AskAsync(world, "/a")).ShouldBeNull();

        upstream.Rest = static (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        (await AskAsync(world, "/a")).ShouldBe("adapter.information_system_broken");

        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.Rest = async (context, _) =>
        {
            asked.TrySetResult();
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        var late = AskAsync(world, "/a");
        await asked.Task;
        await Wait.ForAsync(() =>
        {
            world.Clock.Expire(TimeSpan.FromSeconds(30));
            return late.IsCompleted;
        });
        (await late).ShouldBe("adapter.information_system_timeout");

        upstream.Rest = async (context, body) =>
        {
            volume.Fill(reserveToo: true);
            await UpstreamDouble.HonestRest(context, body);
        };
        (await AskAsync(world, "/a")).ShouldBe("adapter.executed_not_archived");
        volume.Free();
        upstream.Reset();
        await Wait.ForAsync(async () => await AskAsync(world, "/a") is null ? "room again" : null);

        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Provider.SecurityServerAddress!, "rest/nothing/a"));
        foreach (var (name, value) in new[] { ("X-Road-Client", SandboxNames.Consumer), ("X-Road-Id", Guid.NewGuid().ToString()), ("X-Road-UserId", TestPersons.UserId), ("X-Road-Issue", TestPersons.Issue) })
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        (await world.SendAsync(request)).Text.ShouldContain("adapter.service_unknown");
    }

    [Fact]
    [Provokes(ExchangeCodes.InformationSystemUnreachable, Faces.Rest)]
    public async Task Ask_ProvidersInformationSystemAway_TheClientIsToldTheCode()
    {
        using var dead = new DeadAddress();
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await StartAsync(upstream, text => text, options => options["Provides"]!["persons"]!["Upstream"] = dead.Uri.ToString());

        (await AskAsync(world, "/a")).ShouldBe("adapter.information_system_unreachable");
    }

    [Theory]
    [InlineData("/b/1", ExchangeCodes.EndpointNotListed)]
    [InlineData("/a/1;all=1", ExchangeCodes.EncodingAmbiguous)]
    [Provokes(ExchangeCodes.EndpointNotListed, Faces.Rest)]
    [Provokes(ExchangeCodes.EncodingAmbiguous, Faces.Rest)]
    public async Task Ask_PathTheAgreementDoesNotName_IsRefusedByItsCode(string path, string code)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await StartAsync(upstream, text => text.Replace("request: { allow: [path/1, path/2, query/fields, query/tag, pin, comment] }", "endpoints: [ \"GET /a/{pin}\" ]\n    request: { allow: [path/pin] }", StringComparison.Ordinal).Replace("persons: [ { path: request/path/2, kind: pin } ]", "persons: [ { path: request/path/pin, kind: pin } ]", StringComparison.Ordinal));

        (await AskAsync(world, path)).ShouldBe("adapter." + code);
        upstream.Calls.ShouldBeEmpty();
    }

    private static async Task<TestWorld> StartAsync(UpstreamDouble upstream, Func<string, string> agreement, Action<JsonObject>? provider = null)
    {
        var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Provider = options =>
            {
                options["Provides"]!["persons"] = Rest(DropInWorld.Persons, new Uri(upstream.Address, "api"));
                provider?.Invoke(options);
            },
            ProviderAgreement = text => agreement(DropInWorld.WithServices(text)),
            ConsumerAgreement = text => agreement(DropInWorld.WithServices(text)),
        });
        world.SecurityServers.Provider.Service(DropInWorld.Persons).Url = new Uri(world.Provider.SecurityServerAddress!, "rest/persons");
        return world;
    }

    private static JsonObject Rest(string service, Uri upstream) => new() { ["Service"] = service, ["Upstream"] = upstream.ToString(), ["Protocol"] = "Rest" };

    private static async Task<string?> AskAsync(TestWorld world, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.IsAddress!.GetLeftPart(UriPartial.Authority) + Persons + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        foreach (var (name, value) in new[] { ("Authorization", "Bearer " + world.Folders.ApiKey), ("X-Road-Client", SandboxNames.Consumer), ("X-Road-UserId", TestPersons.UserId), ("X-Road-Issue", TestPersons.Issue) })
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var reply = await world.SendAsync(request);
        return reply.Headers.TryGetValue("X-Road-Error", out var code) ? code : reply.Status == 200 ? null : reply.Text;
    }
}
