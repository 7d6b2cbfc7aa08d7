using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Telemetry;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Telemetry;

/// <summary><c>/v1/operational-data</c>: X-Road's record fields for the operator, each look an entry.</summary>
public sealed class OperationalDataTests
{
    [Fact]
    public void Record_Fields_AreAllOfXRoadsOperationalMonitoring()
    {
        // PR-OPMON, fields of a record, as of X-Road 7.6.
        string[] fields =
        [
            "monitoringDataTs", "securityServerInternalIp", "securityServerType", "requestInTs", "requestOutTs", "responseInTs", "responseOutTs",
            "clientXRoadInstance", "clientMemberClass", "clientMemberCode", "clientSubsystemCode",
            "serviceXRoadInstance", "serviceMemberClass", "serviceMemberCode", "serviceSubsystemCode", "serviceCode", "serviceVersion",
            "restMethod", "restPath", "representedPartyClass", "representedPartyCode", "messageId", "messageUserId", "messageIssue", "messageProtocolVersion",
            "clientSecurityServerAddress", "serviceSecurityServerAddress", "requestSize", "requestMimeSize", "requestAttachmentCount",
            "responseSize", "responseMimeSize", "responseAttachmentCount", "succeeded", "faultCode", "faultString", "statusCode", "serviceType", "xRoadVersion", "xRequestId",
        ];

        var names = typeof(OperationalRecord).GetProperties().Select(property =>
            property.GetCustomAttributes(typeof(JsonPropertyNameAttribute), false).Cast<JsonPropertyNameAttribute>().SingleOrDefault()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name));

        fields.Except(names).ShouldBeEmpty("fields that an operator's tools look for");
    }

    [Fact]
    public async Task Get_AfterAnExchangeAndARefusal_HasBothWithXRoadsFields()
    {
        await using var world = await StartAsync();
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var answered = await world.AskAsync();
        await world.RefusedAsync("user_id_missing", "authorize", headers: new Dictionary<string, string?> { ["X-Road-UserId"] = null });

        var reply = await GetAsync(world, "", "operator-key");

        reply.Status.ShouldBe(200, reply.Text);
        reply.Json.GetProperty("recordsCount").GetInt32().ShouldBe(2);
        var record = reply.Json.GetProperty("records")[0];
        record.GetProperty("securityServerType").GetString().ShouldBe("Client");
        record.GetProperty("messageId").GetString().ShouldBe(answered.MessageId);
        record.GetProperty("clientMemberCode").GetString().ShouldBe("60009001");
        record.GetProperty("clientXRoadInstance").GetString().ShouldBe("sandbox");
        record.GetProperty("serviceCode").GetString().ShouldBe("getPerson");
        record.GetProperty("serviceVersion").GetString().ShouldBe("v1");
        record.GetProperty("messageProtocolVersion").GetString().ShouldBe("4.0");
        record.GetProperty("serviceType").GetString().ShouldBe("WSDL");
        record.GetProperty("requestAttachmentCount").GetInt32().ShouldBe(0);
        record.GetProperty("clientSecurityServerAddress").GetString().ShouldBe("127.0.0.1");
        record.GetProperty("xRoadVersion").GetString().ShouldStartWith("tunduk-adapter/");
        record.GetProperty("succeeded").GetBoolean().ShouldBeTrue();
        record.GetProperty("recordId").GetString().ShouldBe(answered.Record);
        record.GetProperty("requestSize").GetInt64().ShouldBeGreaterThan(500);
        record.GetProperty("responseSize").GetInt64().ShouldBeGreaterThan(500);
        var times = new[] { "requestInTs", "requestOutTs", "responseInTs", "responseOutTs" }.Select(name => record.GetProperty(name).GetInt64()).ToList();
        times.ShouldBe(times.Order());
        times[0].ShouldBeGreaterThanOrEqualTo(before);
        var refused = reply.Json.GetProperty("records")[1];
        refused.GetProperty("succeeded").GetBoolean().ShouldBeFalse();
        refused.GetProperty("faultCode").GetString().ShouldBe("user_id_missing");
        refused.TryGetProperty("requestOutTs", out _).ShouldBeFalse("it was never handed on");
        (await TestWorld.FindAsync(world.Consumer, code: "operational-data")).ShouldHaveSingleItem().Entry.Kind.ShouldBe(EntryKind.ArchiveAccess);
    }

    [Theory]
    [InlineData("is-key", "caller_not_permitted", "authenticate")]
    [InlineData("nobody", "caller_unknown", "authenticate")]
    public async Task Get_WithoutTheRole_IsRefused(string key, string code, string stage)
    {
        await using var world = await StartAsync();

        Refusal.CheckForm(await GetAsync(world, "", key == "is-key" ? world.Folders.ApiKey : key), code, stage);
        (await TestWorld.FindAsync(world.Consumer, code: "operational-data")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("?recordsFrom=x")]
    [InlineData("?recordsFrom=-1")]
    [InlineData("?recordsFrom=2&recordsTo=1")]
    [InlineData("?recordsFrom=1&recordsFrom=2")]
    public async Task Get_BadTimes_IsRefused(string query)
    {
        await using var world = await StartAsync();

        Refusal.CheckForm(await GetAsync(world, query, "operator-key"), "query_invalid", "validate");
    }

    [Fact]
    public void Read_MoreThanFit_GoesOnFromTheNextSecondWithoutLossOrRepeat()
    {
        var data = new OperationalData(1_000);
        for (var i = 0; i < 100; i++)
        {
            data.Add(Record(i / 7, i));
        }

        var (seen, from) = (new List<string?>(), (long?)0);
        while (from is { } next)
        {
            var page = data.Read(next, long.MaxValue, 10);
            seen.AddRange(page.Records.Select(record => record.MessageId));
            from = page.NextFrom;
        }

        seen.ShouldBe(Enumerable.Range(0, 100).Select(i => (string?)i.ToString()));
    }

    [Fact]
    public void Add_MoreThanTheCapacity_KeepsTheNewest()
    {
        var data = new OperationalData(3);
        for (var i = 0; i < 5; i++)
        {
            data.Add(Record(i, i));
        }

        data.Read(0, long.MaxValue, 10).Records.Select(record => record.MessageId).ShouldBe(["2", "3", "4"]);
    }

    private static OperationalRecord Record(long second, int number) => new()
    {
        MonitoringDataTs = second,
        SoftwareVersion = "tunduk-adapter/0",
        SecurityServerType = "Client",
        RequestInTs = 0,
        ResponseOutTs = 0,
        Succeeded = true,
        MessageId = number.ToString(),
    };

    private static Task<TestWorld> StartAsync() => TestWorld.StartAsync(new TestWorldOptions
    {
        Consumer = options => ((JsonArray)options["Callers"]!).Add(EndToEnd.Caller("operator", "operator-key", ["tunduk-operator"], [])),
    });

    private static async Task<HttpReply> GetAsync(TestWorld world, string query, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "v1/operational-data" + query));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        return await world.SendAsync(request);
    }
}
