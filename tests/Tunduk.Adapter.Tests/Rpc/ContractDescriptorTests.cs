using Google.Protobuf.Reflection;
using Tunduk.Adapter.Rpc;
using Tunduk.Adapter.Tests.Conventions;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Proto;

namespace Tunduk.Adapter.Tests.Rpc;

/// <summary>The descriptor is the model: protobuf's own validation takes it, and it says what the codec does.</summary>
public sealed class ContractDescriptorTests
{
    /// <summary>WSDL files as users have them; all names and numbers are invented.</summary>
    public static IEnumerable<string> Odd => Directory.GetFiles(Path.Combine(Repository.Root, "tests/odd-contracts"), "*.wsdl", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "abstract.wsdl");

    public static TheoryData<string> Contracts
    {
        get
        {
            var shared = Path.GetFullPath(Path.Combine(Repository.Root, "../shared/contracts"));
            return [.. Directory.GetFiles(Path.Combine(Repository.Root, "src/Tunduk.Adapter/Sandbox/Contracts"), "*.wsdl"), .. Odd, .. Directory.Exists(shared) ? Directory.GetFiles(shared, "*.wsdl") : []];
        }
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Build_ContractAtHand_IsValidAndSaysWhatTheCodecDoes(string path)
    {
        var contract = Contract.Import(path).Contract.ShouldNotBeNull();
        var file = ProtoBuilder.Build("tunduk.services.x", "X", contract.Operations);

        var descriptor = ContractDescriptor.Build(file, "x.proto");

        descriptor.Services.Single().Methods.Count.ShouldBe(contract.Operations.Count);
        foreach (var message in file.Messages)
        {
            var made = descriptor.FindTypeByName<MessageDescriptor>(message.Name).ShouldNotBeNull();
            foreach (var field in message.Fields)
            {
                var described = made.FindFieldByNumber(field.Number).ShouldNotBeNull();
                described.Name.ShouldBe(field.Name);
                described.IsRepeated.ShouldBe(field.Repeated);
                described.FieldType.ToString().ShouldBe(field.Kind.ToString());
                (described.RealContainingOneof is not null).ShouldBe(message.IsOneOf);
                if (!field.Repeated && field.Message is null)
                {
                    described.HasPresence.ShouldBeTrue("absent is not zero");
                }
            }
        }
    }
}
