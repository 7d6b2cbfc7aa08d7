namespace Tunduk.Xml;

/// <summary>Why a document was refused. The list is closed; <see cref="XmlFault.CodeName"/> gives the stable spelling.</summary>
public enum XmlFaultCode
{
    /// <summary>No fault.</summary>
    None = 0,

    /// <summary>More bytes than <see cref="XmlLimits.MaxBytes"/>.</summary>
    TooManyBytes,

    /// <summary>Deeper than <see cref="XmlLimits.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>More attributes on an element than <see cref="XmlLimits.MaxAttributes"/>.</summary>
    TooManyAttributes,

    /// <summary>A name longer than <see cref="XmlLimits.MaxNameBytes"/>.</summary>
    NameTooLong,

    /// <summary>More nodes than <see cref="XmlLimits.MaxNodes"/>.</summary>
    TooManyNodes,

    /// <summary>More namespaces than <see cref="XmlLimits.MaxNamespaces"/>.</summary>
    TooManyNamespaces,

    /// <summary>The bytes are not UTF-8.</summary>
    NotUtf8,

    /// <summary>The XML declaration names another encoding than UTF-8.</summary>
    UnsupportedEncoding,

    /// <summary>The XML declaration names another version than 1.0.</summary>
    UnsupportedVersion,

    /// <summary>The XML declaration is malformed or not at the very beginning.</summary>
    MalformedDeclaration,

    /// <summary>A character that XML 1.0 §2.2 forbids, written or by reference.</summary>
    ForbiddenCharacter,

    /// <summary>A document type declaration: always refused.</summary>
    DoctypeForbidden,

    /// <summary>A reference to an entity other than the five predefined.</summary>
    UndefinedEntity,

    /// <summary>An ampersand that begins no well-formed reference.</summary>
    MalformedReference,

    /// <summary>A name that is not an XML name, or has more than one colon.</summary>
    MalformedName,

    /// <summary>A start or end tag, comment, CDATA section or processing instruction is malformed or not closed.</summary>
    MalformedMarkup,

    /// <summary>An attribute value with <c>&lt;</c>, or without quotes.</summary>
    MalformedAttribute,

    /// <summary>Two attributes with one name, as written or by namespace.</summary>
    DuplicateAttribute,

    /// <summary>An end tag that does not match its start tag.</summary>
    MismatchedTag,

    /// <summary>The document ends inside an element.</summary>
    UnclosedElement,

    /// <summary>No root element.</summary>
    NoRoot,

    /// <summary>Character data or a second element outside the root.</summary>
    ContentOutsideRoot,

    /// <summary><c>]]&gt;</c> in character data.</summary>
    CdataEndInText,

    /// <summary>A prefix without a declaration.</summary>
    UndeclaredPrefix,

    /// <summary>A declaration that Namespaces in XML 1.0 forbids (reserved prefix or name, empty name for a prefix).</summary>
    ForbiddenNamespace,
}
