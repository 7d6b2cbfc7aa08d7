using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts;

/// <summary>One service of a contract: its code, version and the shapes of its two messages.</summary>
public sealed class Operation
{
    private readonly Lazy<FieldTree> requestFields;
    private readonly Lazy<FieldTree> responseFields;

    internal Operation(string serviceCode, string? version, MessageShape request, MessageShape response)
    {
        ServiceCode = serviceCode;
        Version = version;
        Request = request;
        Response = response;
        requestFields = new Lazy<FieldTree>(() => new FieldTree(request.Element));
        responseFields = new Lazy<FieldTree>(() => new FieldTree(response.Element));
    }

    /// <summary>The X-Road service code (the WSDL operation's name).</summary>
    public string ServiceCode { get; }

    /// <summary>The X-Road service version from <c>xrd:version</c>; null where the contract gives none.</summary>
    public string? Version { get; }

    public MessageShape Request { get; }

    public MessageShape Response { get; }

    /// <summary>
    /// The last part of its address where one alias has several operations (OpenAPI): the operation's id, as far as it is made of
    /// letters, digits and <c>_ - .</c>, once in its description.
    /// </summary>
    public string AddressName { get; internal init; } = "";

    /// <summary>The human title, if the contract has one.</summary>
    public string? Title { get; internal init; }

    public string SoapAction { get; internal init; } = "";

    /// <summary>Local names of the X-Road header elements that the binding names (<c>client</c>, <c>issue</c> …).</summary>
    public IReadOnlyList<string> BoundHeaders { get; internal init; } = [];

    /// <summary>Method and path of a REST operation; null for SOAP.</summary>
    public RestBinding? Rest { get; internal init; }

    /// <summary>The fields of all JSON answers of a REST operation that are no successes; null where none is described.</summary>
    public FieldTree? ErrorFields { get; internal init; }

    public SchemaLocation Location { get; internal init; }

    public MessageShape Shape(MessageSide side) => side == MessageSide.Request ? Request : Response;

    public FieldTree Fields(MessageSide side) => side == MessageSide.Request ? requestFields.Value : responseFields.Value;

    public override string ToString() => Version is null ? ServiceCode : ServiceCode + "/" + Version;
}
