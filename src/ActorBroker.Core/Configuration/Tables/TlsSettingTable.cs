using static ActorBroker.Core.Configuration.DynamicMode;
using static ActorBroker.Core.Configuration.SettingValidator;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>TLS and authorization.</summary>
public static class TlsSettingTable
{
    public static readonly SettingDefinition[] Definitions =
    [
        Text("authorizer.class.name", "", ReadOnly,
            "The authorizer that decides on ACLs; empty allows everything."),
        Long("connections.max.reauth.ms", "0", ReadOnly,
            "Longest life of an authenticated session before the client must authenticate again; 0 is without limit."),
        Long("delegation.token.expiry.check.interval.ms", "3600000", ReadOnly,
            "Kafka's delegation tokens; taken as it is, without effect yet.",
            AtLeast(1)) with { HasEffect = false },
        Long("delegation.token.expiry.time.ms", "86400000", ReadOnly,
            "Kafka's delegation tokens; taken as it is, without effect yet.",
            AtLeast(1)) with { HasEffect = false },
        Long("delegation.token.max.lifetime.ms", "604800000", ReadOnly,
            "Kafka's delegation tokens; taken as it is, without effect yet.",
            AtLeast(1)) with { HasEffect = false },
        Password("delegation.token.secret.key", null, ReadOnly,
            "Kafka's delegation tokens; taken as it is, without effect yet.")
            with { HasEffect = false },
        Class("principal.builder.class", "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder", PerBroker,
            "Taken as Kafka's configuration files have it, without effect.")
            with { HasEffect = false },
        Text("security.inter.broker.protocol", "PLAINTEXT", ReadOnly,
            "The security protocol between brokers, when no listener is named for it.",
            OneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")),
        Text("security.providers", null, ReadOnly,
            "Taken as Kafka's configuration files have it, without effect.")
            with { HasEffect = false },
        Bool("ssl.allow.dn.changes", "false", ReadOnly,
            "Let a new key store carry another distinguished name."),
        Bool("ssl.allow.san.changes", "false", ReadOnly,
            "Let a new key store carry other alternative names."),
        List("ssl.cipher.suites", "", PerBroker,
            "Cipher suites that may be used; empty leaves it to the platform.",
            AnyList),
        Text("ssl.client.auth", "none", PerBroker,
            "Whether clients must present a certificate: none, requested or required.",
            OneOf("required", "requested", "none")),
        List("ssl.enabled.protocols", "TLSv1.2,TLSv1.3", PerBroker,
            "TLS versions that may be used.",
            AnyList),
        Text("ssl.endpoint.identification.algorithm", "https", PerBroker,
            "How the name in a server's certificate is checked; empty turns the check off."),
        Class("ssl.engine.factory.class", null, PerBroker,
            "Kafka's TLS engine in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Password("ssl.key.password", null, PerBroker,
            "Password of the private key in the key store."),
        Text("ssl.keymanager.algorithm", "SunX509", PerBroker,
            "Kafka's TLS engine in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Password("ssl.keystore.certificate.chain", null, PerBroker,
            "The certificate chain as PEM text."),
        Password("ssl.keystore.key", null, PerBroker,
            "The private key as PEM text."),
        Text("ssl.keystore.location", null, PerBroker,
            "File with the node's certificate and key."),
        Password("ssl.keystore.password", null, PerBroker,
            "Password of the key store file."),
        Text("ssl.keystore.type", "JKS", PerBroker,
            "Format of the key store: PKCS12 or PEM. JKS is named by default as Kafka does and read as PKCS12."),
        Text("ssl.principal.mapping.rules", "DEFAULT", ReadOnly,
            "Rules that turn a certificate's distinguished name into a user name; the first that matches counts."),
        Text("ssl.protocol", "TLSv1.3", PerBroker,
            "The TLS version to prefer."),
        Text("ssl.provider", null, PerBroker,
            "Kafka's TLS engine in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("ssl.secure.random.implementation", null, PerBroker,
            "Kafka's TLS engine in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Text("ssl.trustmanager.algorithm", "PKIX", PerBroker,
            "Kafka's TLS engine in Java; taken as it is, without effect.")
            with { HasEffect = false },
        Password("ssl.truststore.certificates", null, PerBroker,
            "Trusted certificates as PEM text."),
        Text("ssl.truststore.location", null, PerBroker,
            "File with the certificates that are trusted."),
        Password("ssl.truststore.password", null, PerBroker,
            "Password of the trust store file."),
        Text("ssl.truststore.type", "JKS", PerBroker,
            "Format of the trust store: PKCS12 or PEM."),
    ];
}
