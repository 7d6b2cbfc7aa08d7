using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts;

/// <summary>The shape of one message: the element that is the child of the SOAP Body. Its content is the JSON document.</summary>
public sealed class MessageShape
{
    internal MessageShape(ElementDeclaration element, MessageTags tags)
    {
        Element = element;
        Tags = tags;
    }

    public ElementDeclaration Element { get; }

    internal MessageTags Tags { get; }
}
