use std::fs;

use super::*;

fn refusal(options: Options) -> String {
    Config::check(options).unwrap_err().to_string()
}

fn usual() -> Options {
    Options {
        data_dir: Some("/somewhere".into()),
        ..Options::default()
    }
}

#[test]
fn without_any_setting_a_private_database_and_a_local_address_are_used() {
    let config = Config::check(usual()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url, "http://localhost:8080");
    assert!(
        matches!(config.database, Database::Embedded(settings) if settings.folder == Path::new("/somewhere"))
    );
    assert!(
        matches!(config.master_key, MasterKeyPlace::FileToBeMade(path) if path == Path::new("/somewhere/master.key"))
    );
}

#[test]
fn no_key_is_made_for_a_server_of_ones_own() {
    let server = Options {
        database_url: Some("postgres://localhost/cartera".to_owned()),
        ..usual()
    };
    assert!(matches!(
        Config::check(server.clone()).unwrap().master_key,
        MasterKeyPlace::Unknown
    ));
    let with_key = Options {
        master_key_file: Some("/etc/cartera/master.key".into()),
        ..server
    };
    assert!(matches!(
        Config::check(with_key).unwrap().master_key,
        MasterKeyPlace::File(_)
    ));
}

#[test]
fn what_is_wrong_is_named_with_what_to_write() {
    let cases = [
        (
            Options {
                listen: Some("8080".to_owned()),
                ..usual()
            },
            "CARTERA_LISTEN must be an address with a port, such as 127.0.0.1:8080, not \"8080\"",
        ),
        (
            Options {
                threads: Some("0".to_owned()),
                ..usual()
            },
            "CARTERA_THREADS must be a number from 1 on, not \"0\"",
        ),
        (
            Options {
                trace_share: Some("10".to_owned()),
                ..usual()
            },
            "OTEL_TRACES_SAMPLER_ARG must be a share from 0 to 1, such as 0.1, not \"10\"",
        ),
        (
            Options {
                log_format: Some("xml".to_owned()),
                ..usual()
            },
            "CARTERA_LOG_FORMAT must be text, json or auto, not \"xml\"",
        ),
        (
            Options {
                public_url: Some("crm.example.com".to_owned()),
                ..usual()
            },
            "CARTERA_PUBLIC_URL must be a URL without a path, such as https://crm.example.com, not \"crm.example.com\"",
        ),
    ];
    for (options, expected) in cases {
        assert_eq!(refusal(options), expected);
    }
}

#[test]
fn a_password_in_a_wrong_url_is_not_repeated() {
    let said = refusal(Options {
        database_url: Some("mysql://root:secret@host/db".to_owned()),
        ..usual()
    });
    assert_eq!(
        said,
        "DATABASE_URL must be like postgres://user:password@host:5432/name"
    );
}

#[test]
fn secrets_are_not_shown() {
    let server = Options {
        database_url: Some("postgres://u:secret@h/d".to_owned()),
        master_key: Some("topsecret".to_owned()),
        ..usual()
    };
    let shown = format!("{:?}", Config::check(server).unwrap());
    assert!(!shown.contains("secret"), "{shown}");
}

#[test]
fn the_file_fills_what_is_not_said_otherwise_and_its_mistakes_have_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cartera.toml");
    fs::write(&file, "listen = \"0.0.0.0:9000\"\nlog = \"warn\"\n").unwrap();
    let options = Options {
        config: Some(file.clone()),
        log: Some("debug".to_owned()),
        ..usual()
    };
    let config = Config::check(options.clone()).unwrap();
    assert_eq!(config.listen.to_string(), "0.0.0.0:9000");
    assert_eq!(
        config.telemetry.filter, "debug",
        "the command line holds over the file"
    );

    fs::write(&file, "log = \"warn\"\nlissten = \"x\"\n").unwrap();
    let said = refusal(options);
    assert!(
        said.contains("cartera.toml cannot be used: line 2: unknown field `lissten`"),
        "{said}"
    );
    assert!(!said.contains('\n'));
}

#[test]
fn the_master_key_is_not_taken_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cartera.toml");
    fs::write(&file, "master_key = \"secret\"\n").unwrap();
    assert!(
        refusal(Options {
            config: Some(file),
            ..usual()
        })
        .contains("unknown field `master_key`")
    );
}

#[test]
fn an_empty_value_says_nothing() {
    let empty = Options {
        otlp_endpoint: Some(String::new()),
        database_url: Some(String::new()),
        postgres_bin: Some("".into()),
        ..usual()
    };
    let config = Config::check(empty).unwrap();
    assert!(config.telemetry.otlp_endpoint.is_none());
    assert!(matches!(config.database, Database::Embedded(settings) if settings.binaries.is_none()));
}
