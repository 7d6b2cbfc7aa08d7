namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>A protocol buffers file made from operations: the one model behind the text, the descriptor and the wire form.</summary>
/// <param name="Package">The package.</param>
/// <param name="Service">The service's name.</param>
/// <param name="Methods">One method for each operation.</param>
/// <param name="Messages">All messages, in the order of first use.</param>
public sealed record ProtoFile(string Package, string Service, IReadOnlyList<ProtoMethod> Methods, IReadOnlyList<ProtoMessage> Messages);
