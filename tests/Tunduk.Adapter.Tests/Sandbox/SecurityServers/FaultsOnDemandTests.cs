using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Shouldly;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.XRoad.Faults;
using Xunit;
using FaultSpelling = Tunduk.Adapter.Sandbox.SecurityServers.FaultSpelling;

namespace Tunduk.Adapter.Tests.Sandbox.SecurityServers;

public sealed class FaultsOnDemandTests : IAsyncLifetime
{
    private World _world = null!;

    public async Task InitializeAsync() => _world = await World.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Code_EveryCodeInBothSpellings_IsAnsweredAndNothingForwarded()
    {
        string[] prefixes = ["client.", "server.clientproxy.", "server.serverproxy.", "server.serverproxy.service_failed.", "signer."];
        foreach (FaultSpelling spelling in Enum.GetValues<FaultSpelling>())
        {
            _world.Pair.Consumer.Options.FaultSpelling = spelling;
            foreach (string code in FaultTaxonomy.Said(spelling).Select((code, i) => prefixes[i % prefixes.Length] + code))
            {
                _world.Pair.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.Code) { Code = code, Times = 1 });
                Soap.FaultCode(await _world.CallAsync(Soap.Request())).ShouldBe(FaultTaxonomy.Spell(code, spelling));
            }
        }

        _world.Provider.Requests.ShouldBeEmpty();
        (await _world.CallAsync(Soap.Request())).ShouldNotContain("faultcode");
    }

    // The taxonomy of the simulation and that of the adapter are written apart: each holds what the other does.
    [Fact]
    public void Codes_OfTheClosedSet_CanAllBeDemanded()
    {
        List<XRoadFaultCode> demanded = [.. FaultTaxonomy.Said(FaultSpelling.Legacy).Select(static code => XRoadFault.Classify(FaultTaxonomy.ServerProxy + code).Code)];

        demanded.ShouldNotContain(XRoadFaultCode.Unrecognised);

        // A prefix says where, and what stands behind it is the code.
        XRoadFault.Classify(FaultTaxonomy.ServerProxy + "signature_verification.cert_validation").InSignatureVerification.ShouldBeTrue();
        demanded.Distinct().ShouldBe(Enum.GetValues<XRoadFaultCode>().Except([XRoadFaultCode.Own, XRoadFaultCode.Unrecognised, XRoadFaultCode.SignatureVerification]), ignoreOrder: true);
    }

    [Fact]
    public async Task ForgedResponse_Body_DiffersInOneValueAndNothingElse()
    {
        string honest = await _world.CallAsync(Soap.Request());
        Set(SecurityServerFaultKind.ForgedResponse);
        string forged = await _world.CallAsync(Soap.Request());
        forged.Length.ShouldBe(honest.Length);
        forged.Zip(honest).Count(static pair => pair.First != pair.Second).ShouldBe(1);
        XDocument.Parse(forged).Descendants(XName.Get("surname", "urn:test:registry")).Single().Value.ShouldNotBe("Асанов");
    }

    [Fact]
    public async Task ForgedResponse_EchoedRequest_StaysAsItWas()
    {
        _world.Provider.Answer = static (context, _) => ProviderDouble.WriteAsync(
            context, Soap.Answer(content: "<p:request><p:pin>1</p:pin></p:request><p:response><p:surname>Б1</p:surname></p:response>"));
        Set(SecurityServerFaultKind.ForgedResponse);
        string forged = await _world.CallAsync(Soap.Request());
        forged.ShouldContain("<p:pin>1</p:pin>");
        forged.ShouldContain("<p:surname>Б2</p:surname>");
    }

    [Fact]
    public async Task WrongEcho_Id_IsAnother()
    {
        Set(SecurityServerFaultKind.WrongEcho);
        XDocument.Parse(await _world.CallAsync(Soap.Request())).Descendants(Soap.Xrd + "id").Single().Value.ShouldNotBe(Soap.Id);
    }

    [Fact]
    public async Task WrongHash_Value_IsOfAnotherRequest()
    {
        Set(SecurityServerFaultKind.WrongHash);
        string request = Soap.Request();
        string hash = XDocument.Parse(await _world.CallAsync(request)).Descendants(Soap.Xrd + "requestHash").Single().Value;
        Convert.FromBase64String(hash).Length.ShouldBe(SHA512.HashSizeInBytes);
        hash.ShouldNotBe(Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(request))));
    }

    [Fact]
    public async Task MissingHash_Answer_HasNone()
    {
        Set(SecurityServerFaultKind.MissingHash);
        XDocument.Parse(await _world.CallAsync(Soap.Request())).Descendants(Soap.Xrd + "requestHash").ShouldBeEmpty();
    }

    [Fact]
    public async Task StrippedHeaders_NamedFields_AreGone()
    {
        _world.Pair.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.StrippedHeaders) { Headers = ["userId", "issue"] });
        XDocument answer = XDocument.Parse(await _world.CallAsync(Soap.Request()));
        answer.Descendants(Soap.Xrd + "userId").ShouldBeEmpty();
        answer.Descendants(Soap.Xrd + "issue").ShouldBeEmpty();
        answer.Descendants(Soap.Xrd + "id").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task HalfAnswer_Client_SeesABrokenAnswer()
    {
        Set(SecurityServerFaultKind.HalfAnswer);
        await Should.ThrowAsync<HttpRequestException>(() => _world.CallAsync(Soap.Request()));
        _world.Provider.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Close_BeforeAndAfterForward_DiffersAtTheProvider()
    {
        Set(SecurityServerFaultKind.CloseBeforeForward);
        await Should.ThrowAsync<HttpRequestException>(() => _world.CallAsync(Soap.Request()));
        _world.Provider.Requests.Count.ShouldBe(0);
        Set(SecurityServerFaultKind.CloseAfterForward);
        await Should.ThrowAsync<HttpRequestException>(() => _world.CallAsync(Soap.Request()));
        _world.Provider.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Hang_Client_WaitsUntilItGivesUp()
    {
        Set(SecurityServerFaultKind.Hang);
        _world.Http.Timeout = TimeSpan.FromMilliseconds(150);
        await Should.ThrowAsync<TaskCanceledException>(() => _world.CallAsync(Soap.Request()));
        _world.Provider.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Delay_Answer_ComesLater()
    {
        _world.Pair.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.Delay) { Delay = TimeSpan.FromMilliseconds(120), Times = 1 });
        long start = TimeProvider.System.GetTimestamp();
        (await _world.CallAsync(Soap.Request())).ShouldNotContain("faultcode");
        TimeProvider.System.GetElapsedTime(start).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task MaintenanceMode_UntilCleared_RefusesEverything()
    {
        _world.Pair.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.MaintenanceMode));
        Soap.FaultCode(await _world.CallAsync(Soap.Request())).ShouldBe("server.clientproxy.maintenance_mode");
        Soap.FaultCode(await _world.CallAsync(Soap.Request())).ShouldBe("server.clientproxy.maintenance_mode");
        _world.Pair.Consumer.Faults.Clear();
        (await _world.CallAsync(Soap.Request())).ShouldNotContain("faultcode");
    }

    [Fact]
    public async Task Service_OtherThanTheFaults_IsUntouched()
    {
        _world.Pair.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.MaintenanceMode) { Service = "getVehicles" });
        (await _world.CallAsync(Soap.Request())).ShouldNotContain("faultcode");
    }

    [Fact]
    public async Task ControlEndpoint_SetListClear_Works()
    {
        var faults = new Uri(_world.Pair.Control.Address, "faults");
        using HttpResponseMessage set = await _world.Http.PostAsJsonAsync(
            new Uri(faults, "?server=sandbox/COM/60009001/ss1"), new { kind = "Code", code = "server.clientproxy.io_error", times = 1 });
        set.EnsureSuccessStatusCode();
        (await _world.Http.GetStringAsync(faults)).ShouldContain("server.clientproxy.io_error");
        Soap.FaultCode(await _world.CallAsync(Soap.Request())).ShouldBe("server.clientproxy.io_error");
        using HttpResponseMessage cleared = await _world.Http.DeleteAsync(faults);
        cleared.EnsureSuccessStatusCode();
        using HttpResponseMessage junk = await _world.Http.PostAsJsonAsync(faults, new { kind = "Nonsense" });
        junk.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        using HttpResponseMessage nobody = await _world.Http.DeleteAsync(new Uri(faults, "?server=x"));
        nobody.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    private void Set(SecurityServerFaultKind kind) => _world.Pair.Consumer.Faults.Add(new SecurityServerFault(kind) { Times = 1 });
}
