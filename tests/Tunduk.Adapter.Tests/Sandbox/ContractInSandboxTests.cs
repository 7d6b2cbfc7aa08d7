using System.Buffers;
using System.Text;
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
        var path = original.Contains("odd-contracts", StringComparison.Ordinal) ? original : Path.Combine(folder.Path, Path.GetFileName(original));
        var text = await File.ReadAllTextAsync(original);
        if (path != original)
        {
            await File.WriteAllTextAsync(path, original.Contains("sandbox_", StringComparison.Ordinal) ? text.Replace("getPerson", "getCitizen", StringComparison.Ordinal).Replace("getVehicles", "getCars", StringComparison.Ordinal) : text);
        }

        await RoundTripAsync(path, original.Contains("sandbox_", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("windows-1251", false)]
    public async Task Example_FileInAnotherEncoding_RoundTripsThroughTheSandbox(string encoding, bool mark)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "fines.wsdl");
        var text = await File.ReadAllTextAsync(Path.Combine(Conventions.Repository.Root, "tests/odd-contracts/fines.wsdl"));
        var code = Encoding.GetEncoding(encoding);
        var declared = text.Replace("encoding=\"utf-8\"", $"encoding=\"{encoding.Replace("BE", "", StringComparison.Ordinal)}\"", StringComparison.Ordinal);
        await File.WriteAllBytesAsync(path, [.. mark ? code.GetPreamble() : [], .. code.GetBytes(declared)]);
        await RoundTripAsync(path, echoes: false);
    }

    private static async Task RoundTripAsync(string path, bool echoes)
    {
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
            if (echoes && JsonNode.Parse(answer.Body) is JsonObject document && document["request"] is { } echoed && JsonNode.Parse(example.Body)!["request"] is { } asked)
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
