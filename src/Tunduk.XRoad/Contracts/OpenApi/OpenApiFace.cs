namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>What an OpenAPI document says of the address under which an operation is offered, beside the contract.</summary>
/// <param name="Path">The path, for example <c>/v1/services/person</c>.</param>
/// <param name="RequestHeaders">Headers a caller gives.</param>
/// <param name="ResponseHeaders">Headers an answer has.</param>
/// <param name="RefusalCodes">The closed list of codes of a refusal.</param>
public sealed record OpenApiFace(string Path, IReadOnlyList<OpenApiHeader> RequestHeaders, IReadOnlyList<OpenApiHeader> ResponseHeaders, IReadOnlyCollection<string> RefusalCodes)
{
    /// <summary>A bare address.</summary>
    public static OpenApiFace At(string path) => new(path, [], [], []);

    /// <summary>What of the request may be asked; by default all of the contract.</summary>
    public PermittedFields Request { get; init; } = PermittedFields.All;

    /// <summary>What of the response comes through; by default all of the contract.</summary>
    public PermittedFields Response { get; init; } = PermittedFields.All;

    /// <summary>Takes what does not pass out of an example of a side; by default nothing is taken.</summary>
    public Func<MessageSide, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Example { get; init; } = static (_, example) => example;

    /// <summary>Statuses beside 200 that the answer may have, with their meaning; by default none.</summary>
    public IReadOnlyList<KeyValuePair<int, string>> OtherStatuses { get; init; } = [];

    /// <summary>What the document says about the service beside its title, for example under which agreement; null for nothing.</summary>
    public string? Description { get; init; }
}
