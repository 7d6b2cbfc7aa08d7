using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Trust;
using static Tunduk.Evidence.Soap.SoapVerificationCode;

namespace Tunduk.Evidence.Tests.Soap.Attacks;

/// <summary>The corpus. Longer than 300 lines: one case a row.</summary>
internal static class AttackCorpus
{
    private const string Exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    private const string Evil = "<reg:getPerson xmlns:reg=\"urn:sandbox:registry\"><request><pin>19999999999999</pin></request></reg:getPerson>";
    private const string Wsu = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
    private const string X509Type = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";

    private static TestSigner Signer => SoapMessages.Consumer;

    public static IEnumerable<Attack> All => [.. Wrapping, .. Blocks, .. Shape, .. Algorithms, .. Keys, .. Content, .. Times, .. Exchange];

    /// <summary>Signature wrapping: the signed part moved, another put where the application reads.</summary>
    private static IEnumerable<Attack> Wrapping =>
    [
        new("wrap-body-into-header", BodyWrapped, m =>
            m.Swap(m.Piece("soapenv:Body"), $"<soapenv:Body>{Evil}</soapenv:Body>").IntoHeader($"<w:Wrapper xmlns:w=\"urn:w\">{m.Piece("soapenv:Body")}</w:Wrapper>")),
        new("wrap-body-into-header-same-id", DuplicateId, m =>
            m.Swap(m.Piece("soapenv:Body"), EvilBody(m.IdOf("soapenv:Body"))).IntoHeader($"<w:Wrapper xmlns:w=\"urn:w\">{m.Piece("soapenv:Body")}</w:Wrapper>")),
        new("wrap-body-into-security", BodyWrapped, m =>
            m.Swap(m.Piece("soapenv:Body"), $"<soapenv:Body>{Evil}</soapenv:Body>").Swap("</wsse:Security>", m.Piece("soapenv:Body") + "</wsse:Security>")),
        new("wrap-body-into-signature-object", BodyWrapped, m =>
            m.Swap(m.Piece("soapenv:Body"), $"<soapenv:Body>{Evil}</soapenv:Body>").Swap("</ds:Signature>", $"<ds:Object>{m.Piece("soapenv:Body")}</ds:Object></ds:Signature>")),
        new("wrap-body-into-new-body", BodyWrapped, m =>
            m.Swap(m.Piece("soapenv:Body"), $"<soapenv:Body>{Evil}<w:Wrapper xmlns:w=\"urn:w\">{m.Piece("soapenv:Body")}</w:Wrapper></soapenv:Body>")),
        new("wrap-body-into-new-body-other-id", BodyWrapped, m =>
            m.Swap(m.Piece("soapenv:Body"), EvilBody("b-other").Swap("</soapenv:Body>", m.Piece("soapenv:Body") + "</soapenv:Body>"))),
        new("wrap-second-body-before", MultipleBodies, m =>
            m.Swap(m.Piece("soapenv:Body"), $"<soapenv:Body>{Evil}</soapenv:Body>" + m.Piece("soapenv:Body"))),
        new("wrap-second-body-after", MultipleBodies, m =>
            m.Swap(m.Piece("soapenv:Body"), m.Piece("soapenv:Body") + $"<soapenv:Body>{Evil}</soapenv:Body>")),
        new("wrap-body-beside-envelope-child", BodyWrapped, m =>
            m.Swap(m.Piece("soapenv:Body"), $"<w:Wrapper xmlns:w=\"urn:w\">{m.Piece("soapenv:Body")}</w:Wrapper><soapenv:Body>{Evil}</soapenv:Body>")),
        new("wrap-second-header", MultipleHeaders, m => m.Swap("<soapenv:Body", "<soapenv:Header></soapenv:Header><soapenv:Body")),
        new("wrap-envelope-in-body", BodyWrapped, m =>
            "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">" + m.Piece("soapenv:Header").Swap("<soapenv:Header", "<soapenv:Header xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\" xmlns:id=\"http://x-road.eu/xsd/identifiers\"")
            + $"<soapenv:Body>{m[m.IndexOf("<soapenv:Envelope", StringComparison.Ordinal)..]}</soapenv:Body></soapenv:Envelope>"),
        new("wrap-timestamp-into-header", TimestampWrapped, m => m.Cut("wsu:Timestamp").IntoHeader(m.Piece("wsu:Timestamp"))),
        new("wrap-timestamp-fresh-beside", MultipleTimestamps, m =>
            m.Swap(m.Piece("wsu:Timestamp"), m.Piece("wsu:Timestamp").Swap(m.IdOf("wsu:Timestamp"), "t-new") + m.Piece("wsu:Timestamp"))),
        new("wrap-timestamp-fresh-instead", TimestampWrapped, m =>
            m.Swap(m.Piece("wsu:Timestamp"), m.Piece("wsu:Timestamp").Swap(m.IdOf("wsu:Timestamp"), "t-new")).IntoHeader($"<w:Wrapper xmlns:w=\"urn:w\">{m.Piece("wsu:Timestamp")}</w:Wrapper>")),
        new("wrap-exchange-into-wrapper", ExchangeWrapped, m =>
            m.Swap(m.Piece("ta:Exchange"), m.Piece("ta:Exchange").Swap(m.IdOf("ta:Exchange"), "x-new")).IntoHeader($"<w:Wrapper xmlns:w=\"urn:w\">{m.Piece("ta:Exchange")}</w:Wrapper>")),
        new("wrap-exchange-into-body", ExchangeWrapped, m => m.Cut("ta:Exchange").Swap("</soapenv:Body>", m.Piece("ta:Exchange") + "</soapenv:Body>")),
        new("id-of-body-on-a-header", DuplicateId, m => m.IntoHeader($"<w:x xmlns:w=\"urn:w\" Id=\"{m.IdOf("soapenv:Body")}\"/>")),
        new("id-of-body-as-xml-id", DuplicateId, m => m.IntoHeader($"<w:x xmlns:w=\"urn:w\" xml:id=\"{m.IdOf("soapenv:Body")}\"/>")),
        new("id-of-body-with-spaces", DuplicateId, m => m.IntoHeader($"<w:x xmlns:w=\"urn:w\" ID=\" {m.IdOf("soapenv:Body")}&#x20;\"/>")),
        new("id-of-body-by-character-reference", DuplicateId, m => m.IntoHeader($"<w:x xmlns:w=\"urn:w\" id=\"&#x62;{m.IdOf("soapenv:Body")[1..]}\"/>")),
        new("id-of-token-twice", DuplicateId, m => m.IntoHeader($"<w:x xmlns:w=\"urn:w\" Id=\"{m.IdOf("wsse:BinarySecurityToken")}\"/>")),
        new("id-removed-from-body", BodyNotCovered, m => m.Swap($" wsu:Id=\"{m.IdOf("soapenv:Body")}\"", "")),
        new("id-of-body-in-another-namespace", BodyNotCovered, m => m.Swap($" wsu:Id=\"{m.IdOf("soapenv:Body")}\"", $" Id=\"{m.IdOf("soapenv:Body")}\"")),
    ];

    /// <summary>Header blocks missing, doubled, mixed.</summary>
    private static IEnumerable<Attack> Blocks =>
    [
        new("security-stripped", SecurityMissing, m => m.Cut("wsse:Security")),
        new("security-twice", MultipleSecurityHeaders, m => m.IntoHeader(m.Piece("wsse:Security"))),
        new("security-empty-beside", MultipleSecurityHeaders, m => m.IntoHeader("<s:Security xmlns:s=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"/>")),
        new("exchange-stripped", ExchangeMissing, m => m.Cut("ta:Exchange")),
        new("exchange-twice", MultipleExchangeHeaders, m => m.IntoHeader(m.Piece("ta:Exchange").Swap(m.IdOf("ta:Exchange"), "x-2"))),
        new("signature-stripped", SignatureMissing, m => m.Cut("ds:Signature")),
        new("signature-twice", MultipleSignatures, m => m.Swap("</wsse:Security>", m.Piece("ds:Signature") + "</wsse:Security>")),
        new("token-stripped", TokenMissing, m => m.Cut("wsse:BinarySecurityToken")),
        new("token-twice", MultipleTokens, m => m.Swap("</wsse:Security>", m.Piece("wsse:BinarySecurityToken").Swap(m.IdOf("wsse:BinarySecurityToken"), "k-2") + "</wsse:Security>")),
        new("timestamp-stripped", TimestampMissing, m => m.Cut("wsu:Timestamp")),
        new("must-understand", UnexpectedAttribute, m => m.Swap("<wsse:Security ", "<wsse:Security soapenv:mustUnderstand=\"1\" ")),
        new("username-token-beside", UnexpectedElement, m => m.Swap("</wsse:Security>", "<wsse:UsernameToken><wsse:Username>x</wsse:Username></wsse:UsernameToken></wsse:Security>")),
    ];

    /// <summary>The signature's own form.</summary>
    private static IEnumerable<Attack> Shape =>
    [
        new("comment-in-signed-info", UnexpectedNode, m => m.Swap("<ds:SignatureMethod", "<!-- c --><ds:SignatureMethod")),
        new("comment-in-digest-value", UnexpectedNode, m => m.Swap("<ds:DigestValue>", "<ds:DigestValue><!-- c -->")),
        new("comment-in-signature-value", UnexpectedNode, m => m.Swap("<ds:SignatureValue>", "<ds:SignatureValue><!-- c -->")),
        new("instruction-in-security", UnexpectedNode, m => m.Swap("<ds:Signature ", "<?x y?><ds:Signature ")),
        new("comment-in-body", UnexpectedNode, m => m.Swap("20101199001234", "2010119900<!-- c -->1234")),
        new("comment-in-header-value", UnexpectedNode, m => m.Swap("<xrd:userId>", "<xrd:userId><!-- c -->")),
        new("comment-between-parts", UnexpectedNode, m => m.Swap("<soapenv:Body", "<!-- c --><soapenv:Body")),
        new("instruction-in-header-value", UnexpectedNode, m => m.Swap("<xrd:userId>", "<xrd:userId><?x y?>")),
        new("cdata-in-token", UnexpectedNode, m => m.Swap("</wsse:BinarySecurityToken>", "<![CDATA[]]></wsse:BinarySecurityToken>")),
        new("text-in-signature", UnexpectedNode, m => m.Swap("<ds:KeyInfo>", "x<ds:KeyInfo>")),
        new("signature-with-id", UnexpectedAttribute, m => m.Swap("<ds:Signature ", "<ds:Signature Id=\"s\" ")),
        new("manifest-in-object", UnexpectedElement, m => m.Swap("</ds:Signature>", "<ds:Object><ds:Manifest/></ds:Object></ds:Signature>")),
        new("no-key-info", ElementMissing, m => m.Cut("ds:KeyInfo")),
        new("signature-parts-out-of-order", UnexpectedElement, m => m.Cut("ds:KeyInfo").Swap("<ds:SignatureValue>", m.Piece("ds:KeyInfo") + "<ds:SignatureValue>")),
        new("no-canonicalization-method", UnexpectedElement, m => m.Cut("ds:CanonicalizationMethod").Resigned(Signer)),
        new("reference-with-type", UnexpectedAttribute, m => m.Swap("<ds:Reference URI", "<ds:Reference Type=\"http://www.w3.org/2000/09/xmldsig#Object\" URI").Resigned(Signer)),
        new("reference-empty-uri", ReferenceUri, m => m.Swap($"URI=\"#{m.IdOf("soapenv:Body")}\"", "URI=\"\"").Resigned(Signer)),
        new("reference-external", ReferenceUri, m => m.Swap($"URI=\"#{m.IdOf("soapenv:Body")}\"", "URI=\"http://127.0.0.1/x\"").Resigned(Signer)),
        new("reference-cid", ReferenceUri, m => m.Swap($"URI=\"#{m.IdOf("soapenv:Body")}\"", "URI=\"cid:photo\"").Resigned(Signer)),
        new("reference-xpointer", ReferenceUri, m => m.Swap($"URI=\"#{m.IdOf("soapenv:Body")}\"", $"URI=\"#xpointer(id('{m.IdOf("soapenv:Body")}'))\"").Resigned(Signer)),
        new("reference-without-uri", ReferenceUri, m => m.Swap($" URI=\"#{m.IdOf("soapenv:Body")}\"", "").Resigned(Signer)),
        new("reference-to-body-dropped", BodyNotCovered, m => m.Swap(m.ReferenceTo("soapenv:Body"), "").Resigned(Signer)),
        new("reference-to-timestamp-dropped", TimestampNotCovered, m => m.Swap(m.ReferenceTo("wsu:Timestamp"), "").Resigned(Signer)),
        new("reference-to-exchange-dropped", ExchangeNotCovered, m => m.Swap(m.ReferenceTo("ta:Exchange"), "").Resigned(Signer)),
        new("reference-twice", ReferenceDuplicate, m => m.Swap("</ds:SignedInfo>", m.ReferenceTo("soapenv:Body") + "</ds:SignedInfo>").Resigned(Signer)),
        new("reference-to-stranger", ReferenceUnexpected, m => m.Swap("</ds:SignedInfo>", m.ReferenceTo("soapenv:Body").Swap(m.IdOf("soapenv:Body"), "stranger") + "</ds:SignedInfo>").Resigned(Signer)),
        new("reference-to-token", ReferenceUnexpected, m => m.Swap("</ds:SignedInfo>", m.ReferenceTo("soapenv:Body").Swap(m.IdOf("soapenv:Body"), m.IdOf("wsse:BinarySecurityToken")) + "</ds:SignedInfo>").Resigned(Signer)),
        new("transform-none", TransformNotAllowed, m => m.Cut("ds:Transforms").Resigned(Signer)),
        new("transform-empty", TransformNotAllowed, m => m.Swap($"<ds:Transform Algorithm=\"{Exclusive}\"></ds:Transform>", "").Resigned(Signer)),
        new("transform-twice", TransformNotAllowed, m => m.Swap("</ds:Transform>", $"</ds:Transform><ds:Transform Algorithm=\"{Exclusive}\"></ds:Transform>").Resigned(Signer)),
        new("transform-xslt", TransformNotAllowed, m => m.Swap($"<ds:Transform Algorithm=\"{Exclusive}\">", "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\">").Resigned(Signer)),
        new("transform-xpath", TransformNotAllowed, m => m.Swap($"<ds:Transform Algorithm=\"{Exclusive}\">", "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">").Resigned(Signer)),
        new("transform-enveloped", TransformNotAllowed, m => m.Swap($"<ds:Transform Algorithm=\"{Exclusive}\">", "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\">").Resigned(Signer)),
        new("transform-str", TransformNotAllowed, m => m.Swap($"<ds:Transform Algorithm=\"{Exclusive}\">", "<ds:Transform Algorithm=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform\">").Resigned(Signer)),
        new("transform-inclusive", TransformNotAllowed, m => m.Swap($"<ds:Transform Algorithm=\"{Exclusive}\">", "<ds:Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\">").Resigned(Signer)),
        new("transform-with-comments", TransformNotAllowed, m => m.Swap($"<ds:Transform Algorithm=\"{Exclusive}\">", $"<ds:Transform Algorithm=\"{Exclusive}WithComments\">").Resigned(Signer)),
        new("transform-with-xpath-child", UnexpectedElement, m => m.Swap("</ds:Transform>", "<ds:XPath>1</ds:XPath></ds:Transform>").Resigned(Signer)),
        new("transform-many-prefixes", TransformNotAllowed, m => m.Swap("</ds:Transform>", $"<ec:InclusiveNamespaces xmlns:ec=\"{Exclusive}\" PrefixList=\"{string.Join(' ', Enumerable.Range(0, 100).Select(i => "p" + i))}\"></ec:InclusiveNamespaces></ds:Transform>").Resigned(Signer)),
    ];

    /// <summary>Algorithms outside of the list.</summary>
    private static IEnumerable<Attack> Algorithms =>
    [
        new("canonicalization-inclusive", CanonicalizationNotAllowed, m => m.Swap($"Method Algorithm=\"{Exclusive}\"", "Method Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"").Resigned(Signer)),
        new("canonicalization-with-comments", CanonicalizationNotAllowed, m => m.Swap($"Method Algorithm=\"{Exclusive}\"", $"Method Algorithm=\"{Exclusive}WithComments\"").Resigned(Signer)),
        new("canonicalization-invented", CanonicalizationNotAllowed, m => m.Swap($"Method Algorithm=\"{Exclusive}\"", "Method Algorithm=\"urn:none\"").Resigned(Signer)),
        new("signature-rsa-sha1", SignatureAlgorithmWeak, m => Method(m, "http://www.w3.org/2000/09/xmldsig#rsa-sha1")),
        new("signature-rsa-md5", SignatureAlgorithmWeak, m => Method(m, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5")),
        new("signature-hmac", SignatureAlgorithmWeak, m => Method(m, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")),
        new("signature-hmac-sha1", SignatureAlgorithmWeak, m => Method(m, "http://www.w3.org/2000/09/xmldsig#hmac-sha1")),
        new("signature-dsa", SignatureAlgorithmWeak, m => Method(m, "http://www.w3.org/2000/09/xmldsig#dsa-sha1")),
        new("signature-none", SignatureAlgorithmUnknown, m => Method(m, "none")),
        new("signature-other-case", SignatureAlgorithmUnknown, m => Method(m, "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256")),
        new("signature-ecdsa-with-rsa-key", SignatureAlgorithmKey, m => Method(m, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256")),
        new("signature-pss-claimed", SignatureInvalid, m => Method(m, "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1")),
        new("signature-truncated-hmac", UnexpectedElement, m => m.Swap("</ds:SignatureMethod>", "<ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>").Resigned(Signer)),
        new("digest-sha1", DigestAlgorithmWeak, m => m.Swap("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1").Resigned(Signer)),
        new("digest-md5", DigestAlgorithmWeak, m => m.Swap("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#md5").Resigned(Signer)),
        new("digest-unknown", DigestAlgorithmUnknown, m => m.Swap("http://www.w3.org/2001/04/xmlenc#sha256", "urn:none").Resigned(Signer)),
        new("digest-truncated", DigestMalformed, m => m.Swap(m.Piece("ds:DigestValue"), "<ds:DigestValue>AAAA</ds:DigestValue>").Resigned(Signer, withDigests: false)),
        new("digest-not-base64", DigestMalformed, m => m.Swap("<ds:DigestValue>", "<ds:DigestValue>*").Resigned(Signer, withDigests: false)),
    ];

    /// <summary>KeyInfo, tokens and keys.</summary>
    private static IEnumerable<Attack> Keys =>
    [
        new("key-info-key-value", KeyInfoNotAllowed, m => m.Swap(m.Piece("wsse:SecurityTokenReference"), "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>")),
        new("key-info-x509-data", KeyInfoNotAllowed, m => m.Swap(m.Piece("wsse:SecurityTokenReference"), "<ds:X509Data><ds:X509Certificate>AQAB</ds:X509Certificate></ds:X509Data>")),
        new("key-info-two-entries", KeyInfoNotAllowed, m => m.Swap("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName>x</ds:KeyName>")),
        new("key-info-retrieval-method", KeyInfoNotAllowed, m => m.Swap(m.Piece("wsse:SecurityTokenReference"), "<ds:RetrievalMethod URI=\"http://127.0.0.1/\"/>")),
        new("key-info-embedded", KeyInfoNotAllowed, m => m.Swap(m.Piece("wsse:Reference"), "<wsse:Embedded/>")),
        new("key-info-external", KeyInfoReference, m => m.Swap($"<wsse:Reference URI=\"#{m.IdOf("wsse:BinarySecurityToken")}\"", "<wsse:Reference URI=\"http://127.0.0.1/\"")),
        new("key-info-other-token", KeyInfoReference, m => m.Swap($"<wsse:Reference URI=\"#{m.IdOf("wsse:BinarySecurityToken")}\"", "<wsse:Reference URI=\"#k-other\"").IntoHeader(m.Piece("wsse:BinarySecurityToken").Swap(m.IdOf("wsse:BinarySecurityToken"), "k-other").Swap("<wsse:BinarySecurityToken", "<wsse:BinarySecurityToken xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\""))),
        new("key-info-value-type", KeyInfoReference, m => m.Swap($"ValueType=\"{X509Type}\"></wsse:Reference>", "ValueType=\"urn:none\"></wsse:Reference>")),
        new("token-of-an-attacker", CertificateUntrusted, m => m.Swap(Base64(Signer), Base64(TestSigner.Of("attacker"))).Resigned(TestSigner.Of("attacker"))),
        new("token-swapped-signature-kept", CertificateUntrusted, m => m.Swap(Base64(Signer), Base64(TestSigner.Of("attacker")))),
        new("token-same-name-other-key", CertificateUntrusted, m => Impostor(m)),
        new("token-not-base64", TokenMalformed, m => m.Swap(Base64(Signer), "***")),
        new("token-empty", TokenMalformed, m => m.Swap(Base64(Signer), "")),
        new("token-pkcs7", TokenMalformed, m => m.Swap($"ValueType=\"{X509Type}\" wsu:Id", "ValueType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#PKCS7\" wsu:Id")),
        new("token-no-certificate", CertificateMalformed, m => m.Swap(Base64(Signer), "AQAB")),
        new("token-with-bytes-behind", CertificateMalformed, m => m.Swap(Base64(Signer), Convert.ToBase64String([.. Signer.Certificate.RawData, 0, 0]))),
        new("key-rsa-1024", CertificateWeakKey, m => Other(m, Weak)) { Receiver = input => input with { Trust = Weak.Pinned } },
        new("key-usage-encipherment", CertificateKeyUsage, m => Other(m, Encipherer)) { Receiver = input => input with { Trust = Encipherer.Pinned } },
        new("certificate-expired", CertificateExpired, m => m) { Receiver = input => input with { Now = TestSigner.NotAfter.AddDays(1) } },
        new("certificate-not-yet-valid", CertificateNotYetValid, m => m) { Receiver = input => input with { Now = TestSigner.NotBefore.AddDays(-1) } },
        new("pin-out-of-force", CertificateExpired, m => m) { Receiver = input => input with { Trust = new SignerTrust([new PinnedCertificate(Signer.Sha256, null, SoapMessages.Now.AddDays(-1))]) } },
        new("signature-of-another-message", SignatureInvalid, m => m.Swap(m.Piece("ds:SignatureValue"), SoapMessages.Text(SoapMessages.Sign(SoapMessages.Envelope(Evil), Signer)).Piece("ds:SignatureValue"))),
        new("signature-zero", SignatureInvalid, m => m.Swap(m.Piece("ds:SignatureValue"), $"<ds:SignatureValue>{Convert.ToBase64String(new byte[256])}</ds:SignatureValue>")),
        new("signature-short", SignatureInvalid, m => m.Swap(m.Piece("ds:SignatureValue"), "<ds:SignatureValue>AQAB</ds:SignatureValue>")),
        new("signature-leading-zero", SignatureInvalid, m => m.Swap(m.Piece("ds:SignatureValue"), $"<ds:SignatureValue>{Convert.ToBase64String(new byte[257])}</ds:SignatureValue>")),
        new("signature-empty", SignatureMalformed, m => m.Swap(m.Piece("ds:SignatureValue"), "<ds:SignatureValue></ds:SignatureValue>")),
    ];

    /// <summary>Signed content changed.</summary>
    private static IEnumerable<Attack> Content =>
    [
        new("body-value-changed", BodyDigest, m => m.Swap("20101199001234", "20101199001235")),
        new("body-element-added", BodyDigest, m => m.Swap("<request>", "<request><all>true</all>")),
        new("body-white-space-added", BodyDigest, m => m.Swap("<request>", "<request> ")),
        new("body-instruction-added", BodyDigest, m => m.Swap("<request>", "<request><?x?>")),
        new("body-attribute-added", BodyDigest, m => m.Swap("<pin>", "<pin x=\"1\">")),
        new("body-namespace-rebound", BodyDigest, m => m.Swap("urn:sandbox:registry", "urn:sandbox:other")),
        new("body-carriage-return", BodyDigest, m => m.Swap("20101199001234", "20101199001234&#13;")),
        new("timestamp-changed", TimestampDigest, m => m.Swap(m.Expires(), m.ExpiresIn(3652))),
        new("exchange-changed", ExchangeDigest, m => m.Swap("<ta:Header name=\"userId\">KG20101199005678", "<ta:Header name=\"userId\">KG20101199005679")),
        new("exchange-header-removed", ExchangeDigest, m => m.Swap("<ta:Header name=\"userId\">KG20101199005678</ta:Header>", "")),
        new("signed-info-changed", SignatureInvalid, m => m.Swap("<ds:DigestValue>", "<ds:DigestValue> ")),
        new("body-swapped-digests-computed", SignatureInvalid, m => { string evil = m.Swap("20101199001234", "20101199001235"); return evil.Resigned(TestSigner.Of("attacker")); }),
    ];

    /// <summary>Times.</summary>
    private static IEnumerable<Attack> Times =>
    [
        new("replayed-after-expiry", TimestampExpired, m => m) { Receiver = input => input with { Now = SoapMessages.Now.AddMinutes(7) } },
        new("created-in-future", TimestampInFuture, m => m) { Receiver = input => input with { Now = SoapMessages.Now.AddMinutes(-2) } },
        new("lifetime-of-a-year", TimestampLifetime, m => m.Swap(m.Expires(), m.ExpiresIn(365)).Resigned(Signer)),
        new("expires-before-created", TimestampOrder, m => m.Swap(m.Expires(), m.ExpiresIn(-1)).Resigned(Signer)),
        new("time-zone-offset", TimestampMalformed, m => m.Swap(m.Expires(), m.Expires()[..^1] + "+00:00").Resigned(Signer)),
        new("time-thirteenth-month", TimestampMalformed, m => m.Swap(m.Expires(), m.Expires()[..5] + "13" + m.Expires()[7..]).Resigned(Signer)),
        new("no-expires", ElementMissing, m => m.Cut("wsu:Expires").Resigned(Signer)),
        new("two-created", UnexpectedElement, m => m.Swap("<wsu:Expires>", m.Piece("wsu:Created") + "<wsu:Expires>").Resigned(Signer)),
        new("comment-in-created", UnexpectedNode, m => m.Swap("<wsu:Created>", "<wsu:Created><!-- c -->")),
        new("timestamp-with-attribute", UnexpectedAttribute, m => m.Swap("<wsu:Timestamp ", "<wsu:Timestamp x=\"1\" ").Resigned(Signer)),
    ];

    /// <summary>What the application reads against what was signed.</summary>
    private static IEnumerable<Attack> Exchange =>
    [
        new("header-changed", HeaderDiffers, m => m) { Receiver = input => input with { Headers = [.. input.Headers.Select(h => h.Name == "userId" ? h with { Value = "KG1" } : h)] } },
        new("header-added", HeaderNotCovered, m => m) { Receiver = input => input with { Headers = [.. input.Headers, new SoapHeaderValue("representedParty", "COM/1")] } },
        new("header-removed", HeaderMissing, m => m) { Receiver = input => input with { Headers = [.. input.Headers.Skip(1)] } },
        new("cdata-in-digest-value", UnexpectedNode, m => m.Swap(m.Piece("ds:DigestValue"), m.Piece("ds:DigestValue").Swap("<ds:DigestValue>", "<ds:DigestValue><![CDATA[").Swap("</ds:DigestValue>", "]]></ds:DigestValue>")).Resigned(Signer, withDigests: false)),
        new("cdata-in-signature-value", UnexpectedNode, m => m.Swap(m.Piece("ds:SignatureValue"), m.Piece("ds:SignatureValue").Swap("<ds:SignatureValue>", "<ds:SignatureValue><![CDATA[").Swap("</ds:SignatureValue>", "]]></ds:SignatureValue>"))),
        new("instruction-between-references", UnexpectedNode, m => m.Swap("</ds:Reference>", "</ds:Reference><?a b?>").Resigned(Signer)),
        new("signature-value-with-bytes-behind", SignatureMalformed, m => m.Swap("</ds:SignatureValue>", "AA==</ds:SignatureValue>")),
        new("inclusive-namespaces-added-unsigned", SignatureInvalid, m => m.Swap(
            "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">",
            "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"xrd\"></ec:InclusiveNamespaces>")),
        new("xml-base-on-body", BodyDigest, m => m.Swap("<soapenv:Body", "<soapenv:Body xml:base=\"http://evil.example/\"")),
        new("attachment-added", AttachmentNotCovered, m => m) { Receiver = input => input with { Attachments = [new SoapAttachmentDigest("a", new byte[32])] } },
        new("attachment-removed", AttachmentMissing, _ => WithAttachment()),
        new("attachment-changed", AttachmentDigest, _ => WithAttachment()) { Receiver = input => input with { Attachments = [new SoapAttachmentDigest("photo", new byte[32])] } },
        new("attachment-type-changed", AttachmentType, _ => WithAttachment()) { Receiver = input => input with { Attachments = [Photo with { Type = "text/html" }] } },
        new("attachment-type-lost", AttachmentType, _ => WithAttachment()) { Receiver = input => input with { Attachments = [Photo with { Type = null }] } },
        new("attachment-name-changed", AttachmentName, _ => WithAttachment()) { Receiver = input => input with { Attachments = [Photo with { FileName = "run.exe" }] } },
        new("attachment-name-removed", AttachmentName, _ => WithAttachment()) { Receiver = input => input with { Attachments = [Photo with { FileName = null }] } },
        new("attachment-name-without-type", ExchangeMalformed, m => m.Swap("</ta:Exchange>", $"<ta:Attachment algorithm=\"sha-256\" id=\"a\" name=\"b\">{Convert.ToBase64String(new byte[32])}</ta:Attachment></ta:Exchange>").Resigned(Signer)),
        new("attachment-type-empty", ExchangeMalformed, m => m.Swap("</ta:Exchange>", $"<ta:Attachment algorithm=\"sha-256\" id=\"a\" type=\"\">{Convert.ToBase64String(new byte[32])}</ta:Attachment></ta:Exchange>").Resigned(Signer)),
        new("request-as-response", ExchangeKind, m => m) { Receiver = AsResponse },
        new("exchange-kind-invented", ExchangeKind, m => m.Swap("kind=\"request\"", "kind=\"other\"").Resigned(Signer)),
        new("exchange-unknown-element", UnexpectedElement, m => m.Swap("</ta:Exchange>", "<ta:More></ta:More></ta:Exchange>").Resigned(Signer)),
        new("exchange-request-hash-in-request", UnexpectedElement, m => m.Swap("</ta:Exchange>", "<ta:RequestHash algorithm=\"sha-512\">AQAB</ta:RequestHash></ta:Exchange>").Resigned(Signer)),
        new("exchange-header-twice", ExchangeMalformed, m => m.Swap("</ta:Exchange>", "<ta:Header name=\"userId\">other</ta:Header></ta:Exchange>").Resigned(Signer)),
        new("exchange-headers-many", ExchangeMalformed, m => m.Swap("</ta:Exchange>", string.Concat(Enumerable.Range(0, 40).Select(at => $"<ta:Header name=\"h{at}\">x</ta:Header>")) + "</ta:Exchange>").Resigned(Signer)),
        new("exchange-attachment-twice", ExchangeMalformed, m => m.Swap("</ta:Exchange>", string.Concat(Enumerable.Repeat($"<ta:Attachment algorithm=\"sha-256\" id=\"a\">{Convert.ToBase64String(new byte[32])}</ta:Attachment>", 2)) + "</ta:Exchange>").Resigned(Signer)),
        new("exchange-attachments-that-are-not-there", AttachmentMissing, m => m.Swap("</ta:Exchange>", string.Concat(Enumerable.Range(0, 20_000).Select(at => $"<ta:Attachment algorithm=\"sha-256\" id=\"a{at}\">{Convert.ToBase64String(new byte[32])}</ta:Attachment>")) + "</ta:Exchange>").Resigned(Signer)),
        new("exchange-comment", UnexpectedNode, m => m.Swap("KG20101199005678</ta:Header>", "KG2010<!-- -->1199005678</ta:Header>")),
        new("exchange-checkpoint-short", ExchangeMalformed, m => m.Swap("</ta:Exchange>", "<ta:Checkpoint algorithm=\"sha-256\">AQAB</ta:Checkpoint></ta:Exchange>").Resigned(Signer)),
        new("exchange-checkpoint-weak", ExchangeMalformed, m => m.Swap("</ta:Exchange>", $"<ta:Checkpoint algorithm=\"sha-1\">{Convert.ToBase64String(new byte[32])}</ta:Checkpoint></ta:Exchange>").Resigned(Signer)),
    ];

    internal static TestSigner Weak { get; } = TestSigner.Make("weak", SignatureAlgorithm.RsaSha256, rsaBits: 1024);

    internal static TestSigner Encipherer { get; } =
        TestSigner.Make("encipherer", SignatureAlgorithm.RsaSha256, usage: X509KeyUsageFlags.KeyEncipherment);

    private static string EvilBody(string id) => $"<soapenv:Body xmlns:wsu=\"{Wsu}\" wsu:Id=\"{id}\">{Evil}</soapenv:Body>";

    private static string Base64(TestSigner signer) => Convert.ToBase64String(signer.Certificate.RawData);

    private static string Method(string message, string identifier) =>
        message.Swap("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", identifier).Resigned(Signer);

    private static string Other(string message, TestSigner signer) => message.Swap(Base64(Signer), Base64(signer)).Resigned(signer);

    private static string Impostor(string message)
    {
        TestSigner impostor = TestSigner.Of("loans.sandbox", SignatureAlgorithm.EcdsaP256Sha256);
        return message.Swap("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", SignatureAlgorithms.Identifier(impostor.Algorithm))
            .Swap(Base64(Signer), Base64(impostor)).Resigned(impostor);
    }

    private static SoapAttachmentDigest Photo { get; } = new("photo", SHA256.HashData("photo"u8), "image/jpeg", "photo.jpg");

    private static string WithAttachment() => SoapMessages.Text(SoapMessages.Sign(
        SoapMessages.Envelope(SoapMessages.Person),
        Signer,
        SoapMessages.Input(Signer) with { Attachments = [Photo] }));

    private static SoapVerificationInput AsResponse(SoapVerificationInput input) =>
        input with { Direction = SoapDirection.Response, Request = new SoapRequestBinding(new byte[64], default) };
}
