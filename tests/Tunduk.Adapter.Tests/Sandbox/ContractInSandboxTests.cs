using System.Buffers;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Rpc;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Mapping;

namespace Tunduk.Adapter.Tests.Sandbox;

/// <summary><c>sandbox --contract FILE</c>: every operation of a contract is answered with data its schema allows, through both adapters and security servers.</summary>
public sealed class ContractInSandboxTests
{
    public static TheoryData<string> Contracts => ContractDescriptorTests.Contracts;

    [Theory]
    [MemberData(nameof(Contracts))]
    public async Task Example_EveryOperation_RoundTripsThroughTheSandbox(string original)
    {
        // A copy, in which what the sandbox has already gets a name of its own.
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, Path.GetFileName(original));
        var text = await File.ReadAllTextAsync(original);
        await File.WriteAllTextAsync(path, original.Contains("sandbox_", StringComparison.Ordinal) ? text.Replace("getPerson", "getCitizen", StringComparison.Ordinal).Replace("getVehicles", "getCars", StringComparison.Ordinal) : text);
        var contract = SandboxContract.Read(path, out var fault).ShouldNotBeNull(fault);
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Contract = contract });
        foreach (var service in contract.Services)
        {
            using var get = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.IsAddress!, $"v1/services/{service.Alias}/example"));
            var key = service.Environment == "test" ? world.Folders.TestApiKey : world.Folders.ApiKey;
            get.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
            var example = await world.SendAsync(get);
            example.Status.ShouldBe(200, service.Id);

            var answer = await world.AskAsync(service.Alias, TestWorld.JsonBytes(example.Body), key: key);

            answer.Status.ShouldBe(200, $"{service.Id}: {answer.Text}");
            var xml = new ArrayBufferWriter<byte>();
            JsonToXml.Write(service.Operations[0].Shape(MessageSide.Response), answer.Body, xml).Faults.ShouldBeEmpty(service.Id);
            if (original.Contains("sandbox_", StringComparison.Ordinal) && JsonNode.Parse(answer.Body) is JsonObject document && document["request"] is { } echoed && JsonNode.Parse(example.Body)!["request"] is { } asked)
            {
                JsonNode.DeepEquals(echoed, asked).ShouldBeTrue(service.Id);
            }
        }
    }

    [Theory]
    [InlineData("no-such-file.wsdl", "there is no file")]
    [InlineData("SandboxFolders.cs", "cannot be mapped")]
    public void Read_WhatIsNoContract_SaysSo(string name, string says)
    {
        SandboxContract.Read(Path.Combine(Conventions.Repository.Root, "src/Tunduk.Adapter/Sandbox", name), out var fault).ShouldBeNull();
        fault.ShouldContain(says);
    }
}
