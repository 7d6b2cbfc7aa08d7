namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>A unary method.</summary>
public sealed record ProtoMethod(string Name, Operation Operation, ProtoMessage Request, ProtoMessage Response);
