//! The few expressions that the calls and accessors of the assertion files are made of.

/// An expression as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// `X`, `MODEL`, `true`.
    Name(String),
    /// `:Input`.
    Symbol(String),
    /// `0.5`.
    Number(f64),
    /// `dea(X, Y, rts = :VRS)`.
    Call {
        /// Function.
        name: String,
        /// By position.
        arguments: Vec<Expression>,
        /// By name.
        options: Vec<(String, Expression)>,
    },
    /// `MODEL.slackX`.
    Field(Box<Expression>, String),
    /// `[X; 2 2]`: rows of blocks.
    Blocks(Vec<Vec<Expression>>),
}

/// Reads an expression; `None` where it is of another kind.
pub fn parse(text: &str) -> Option<Expression> {
    let mut reader = Reader { rest: text };
    let expression = reader.expression()?;
    reader.space();
    reader.rest.is_empty().then_some(expression)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, token: char) -> bool {
        self.space();
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn word(&mut self) -> Option<&'a str> {
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    fn expression(&mut self) -> Option<Expression> {
        self.space();
        let mut found = match self.rest.chars().next()? {
            ':' => {
                self.rest = &self.rest[1..];
                Expression::Symbol(self.word()?.to_owned())
            }
            '[' => self.blocks()?,
            c if c.is_ascii_digit() => self.number()?,
            _ => self.named()?,
        };
        while self.rest.starts_with('.') {
            self.rest = &self.rest[1..];
            found = Expression::Field(Box::new(found), self.word()?.to_owned());
        }
        Some(found)
    }

    fn number(&mut self) -> Option<Expression> {
        let end = self.rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == 'e')).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        number.parse().ok().map(Expression::Number)
    }

    fn named(&mut self) -> Option<Expression> {
        let name = self.word()?.to_owned();
        if !self.rest.starts_with('(') {
            return Some(Expression::Name(name));
        }
        self.rest = &self.rest[1..];
        let (mut arguments, mut options) = (Vec::new(), Vec::new());
        while !self.eat(')') {
            let item = self.expression()?;
            self.space();
            if let (Expression::Name(key), true) = (&item, self.rest.starts_with('=')) {
                self.rest = &self.rest[1..];
                options.push((key.clone(), self.expression()?));
            } else {
                arguments.push(item);
            }
            if !self.eat(',') && !self.eat(';') && !self.rest.starts_with(')') {
                return None;
            }
        }
        Some(Expression::Call { name, arguments, options })
    }

    fn blocks(&mut self) -> Option<Expression> {
        self.rest = &self.rest[1..];
        let mut rows = vec![Vec::new()];
        while !self.eat(']') {
            if self.eat(';') {
                rows.push(Vec::new());
            } else {
                let block = self.expression()?;
                rows.last_mut()?.push(block);
            }
        }
        Some(Expression::Blocks(rows))
    }
}
